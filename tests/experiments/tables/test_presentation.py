"""How a study is presented is no part of what it does."""

from experiments.study_files import load_study


def test_the_presentation_is_no_part_of_the_digest(project):
    plain = load_study("toy").digest()
    project.study.write_text(
        project.study.read_text("utf-8") + "report: {order: 3, show: false, heading: Toys}\n", "utf-8"
    )
    study = load_study("toy")
    assert (study.report.order, study.report.show, study.report.heading) == (3, False, "Toys")
    assert study.digest() == plain
