"""compare_nonresponse takes its errors from the design, as every mean does."""

from __future__ import annotations

import pytest

import csi

REGIONS = {"north": 40, "east": 30, "south": 20, "west": 10}
MARKET = {"Amber": 40, "Birch": 30, "Coral": 20, "Dune": 10}


def raked(survey: csi.Survey) -> csi.Survey:
    return csi.rake(survey.with_design(strata="region", cluster="interviewer"), {"region": REGIONS, "operator": MARKET})


@pytest.mark.parametrize(
    "drawn",
    [lambda survey: survey, lambda survey: survey.with_design(), raked],
    ids=["weights, strata, clusters", "plain", "raked"],
)
def test_the_mean_of_the_respondents_has_the_error_of_a_mean(drawn):
    survey = drawn(csi.load_sample("mobile"))
    bounds = csi.compare_nonresponse(survey, ["sat_overall"], response_rate=0.5)
    mean = csi.score_mean(survey, "sat_overall", method="rating").value("sat_overall")
    found = bounds.value("sat_overall", "respondents", table="bounds")
    assert float(found) == pytest.approx(float(mean), abs=1e-9)
    assert found.std_error == pytest.approx(mean.std_error, rel=1e-8)
    lower = bounds.value("sat_overall", "lower_bound", table="bounds")
    assert lower.std_error == pytest.approx(mean.std_error / 2, rel=1e-8)


def test_a_margin_that_was_raked_to_has_no_error_left():
    frame = csi.compare_nonresponse(raked(csi.load_sample("mobile")), ["sat_overall"], frame={"region": REGIONS})
    table = frame.tidy("frame").query("kind == 'difference'")
    assert table["estimate"].abs().max() < 1e-9
    assert table["std_error"].max() < 1e-9
