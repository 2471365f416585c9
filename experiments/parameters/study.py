"""The settings of a parameter study: what to count, and which published figures to check against it."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from experiments.parameters.architectures.shape import Head
from experiments.parameters.catalogue import find_model
from experiments.parameters.count import Count, count
from experiments.parameters.lora import parse_lora
from experiments.parameters.quantization import Quantization
from experiments.study import StudyBase
from experiments.tables.closed import Closed
from experiments.tables.errors import UserError

ConfigurationName = Annotated[str, Field(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")]
FigureName = Annotated[str, Field(min_length=1, description="name of a figure in the reported table")]


class Configuration(Closed):
    """A model with a head, adapters and packing, as `experiments count` takes them."""

    name: ConfigurationName
    model: str
    head: Head | None = None
    labels: int | None = None
    lora: str | None = Field(None, description="r=8,targets=all-linear|default|q_proj,v_proj")
    quantization: Quantization | None = None
    note: str | None = Field(None, description="what is assumed where the source does not say")

    @model_validator(mode="after")
    def _check_countable(self) -> Self:
        try:
            self.count()
        except UserError as error:
            raise ValueError(str(error)) from None
        return self

    def count(self) -> Count:
        """Raises UserError for what cannot be counted."""
        lora = parse_lora(self.lora) if self.lora else None
        return count(find_model(self.model), self.head, self.labels, lora, self.quantization)


class Report(Closed):
    """Published figures that belong together, and the configuration that they should be of."""

    table: str = Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$", description="the reported table: study/table")
    configuration: ConfigurationName
    total: FigureName | None = None
    trainable: FigureName | None = None
    share: FigureName | None = Field(None, description="trainable over total")
    embedding: FigureName | None = None
    non_embedding: FigureName | None = None
    head: FigureName | None = None

    @property
    def figures(self) -> dict[str, str]:
        """Figure by quantity, of those that the report gives."""
        return self.model_dump(exclude={"table", "configuration"}, exclude_none=True)


class Study(StudyBase):
    """A parameter study."""

    system: Literal["parameters"]
    configurations: Annotated[tuple[Configuration, ...], Field(min_length=1)]
    reports: tuple[Report, ...] = ()
    explanations: int = Field(3, ge=1, le=20, description="how many explanations of a figure to freeze")

    @model_validator(mode="after")
    def _check_consistency(self) -> Self:
        names = [configuration.name for configuration in self.configurations]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"the configuration {twice} stands twice")
        figures = [(report.table, figure) for report in self.reports for figure in report.figures.values()]
        if len(set(figures)) < len(figures):
            twice = next(figure for figure in figures if figures.count(figure) > 1)
            raise ValueError(f"the figure {twice[1]} of {twice[0]} is checked twice")
        for report in self.reports:
            if report.configuration not in names:
                raise ValueError(f"no configuration {report.configuration}; there are {', '.join(names)}")
            if not report.figures:
                raise ValueError(f"the report on {report.configuration} names no figure")
        return self
