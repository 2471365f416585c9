"""Can the printed peak have fitted into the printed device?"""

from collections.abc import Iterator

from analysis.audit.finding import Finding, Read
from analysis.audit.tables import all_figures, name, printed


def peak_fits_device(read: Read) -> Iterator[Finding]:
    """Peak GPU memory against that of the GPU."""
    for source, view in all_figures(read):
        for peak in printed(view).where(quantity="peak_gpu_memory"):
            device = view.at(quantity="gpu_memory")
            fits = peak["low"] <= device["high"]
            verb = "fits" if fits else "does not fit"
            yield Finding(
                check="peak-fits-device",
                source=source,
                figures=(name(peak), name(device)),
                verdict="consistent" if fits else "inconsistent",
                template=f"The peak of {{peak}} {verb} into the {{device}} of the GPU.",
                values={"peak": peak["printed"], "device": device["printed"]},
            )
