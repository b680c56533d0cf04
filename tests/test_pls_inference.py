"""The uncertainty of fit_pls: designs, weights, groups, intervals, against hand computation and by property."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csi
from csi.inference import bootstrap
from csi.inference.bootstrap import Batch, Resampler, collect, draw, rows_of
from csi.inference.design import Design
from csi.inference.intervals import Draws, acceleration
from csi.inference.jackknife import leave_one_out
from csi.sums import Fourth, upper

MODEL = csi.PathModel.parse("Satisfaction ~ Quality; Loyalty ~ Satisfaction + Quality")
ITEMS = {
    "Quality": ["quality_overall", "quality_needs", "quality_service"],
    "Satisfaction": ["sat_overall", "sat_expectations", "sat_ideal"],
    "Loyalty": ["loyal_repurchase", "loyal_recommend"],
}
SMALL = csi.PathModel.parse(
    "\n".join(f"{construct} =~ {' + '.join(items)}" for construct, items in ITEMS.items())
    + "\nSatisfaction ~ Quality\nLoyalty ~ Satisfaction + Quality"
)
NAMES = [item for items in ITEMS.values() for item in items]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """400 complete respondents of the mobile sample with their design."""
    answers = csi.load_sample("mobile").answers
    return answers.dropna(subset=NAMES).sample(400, random_state=5).sort_index().reset_index(drop=True)


def survey(frame: pd.DataFrame, **roles: str) -> csi.Survey:
    """The small model's items with the column roles that a test wants."""
    scale = csi.Scale(1, 10)
    items = {name: csi.Item(name, scale=scale, construct=c) for c, names in ITEMS.items() for name in names}
    return csi.Survey.from_frame(frame[[*NAMES, *roles.values()]], csi.Codebook(items=items, **roles), name="part")


def index_error(fit: csi.Result, construct: str = "Satisfaction") -> float:
    return fit.value(construct, table="index").std_error


def everything(fit: csi.Result) -> pd.DataFrame:
    return pd.concat([fit.tidy(table).select_dtypes("number") for table in fit.tables], ignore_index=True)


def test_duplicated_respondents_declared_as_clusters_leave_the_error(frame: pd.DataFrame) -> None:
    once = frame.assign(person=np.arange(len(frame)))
    thrice = pd.concat([once] * 3, ignore_index=True)
    alone = csi.fit_pls(survey(once, cluster="person"), SMALL, n_boot=600)
    declared = csi.fit_pls(survey(thrice, cluster="person"), SMALL, n_boot=600)
    ignored = csi.fit_pls(survey(thrice), SMALL, n_boot=600, interval="t")
    plain = csi.fit_pls(survey(once), SMALL, n_boot=600, interval="t")
    for table in ("index", "paths", "outer"):
        np.testing.assert_allclose(
            declared.tidy(table)["std_error"], alone.tidy(table)["std_error"], rtol=1e-9, atol=1e-9
        )
    assert index_error(alone) == pytest.approx(index_error(plain), rel=0.15)
    assert index_error(ignored) == pytest.approx(index_error(plain) / np.sqrt(3), rel=0.15)


def test_weights_times_ten_leave_everything(frame: pd.DataFrame) -> None:
    tenfold = frame.assign(weight=10 * frame["weight"])
    roles = {"weight": "weight", "strata": "region", "cluster": "interviewer"}
    for options in ({}, {"inference": "linearised"}):
        one = everything(csi.fit_pls(survey(frame, **roles), SMALL, n_boot=200, **options))
        ten = everything(csi.fit_pls(survey(tenfold, **roles), SMALL, n_boot=200, **options))
        np.testing.assert_allclose(ten.to_numpy(float), one.to_numpy(float), rtol=1e-7, atol=1e-9)


def test_weights_change_the_estimates_and_the_errors(frame: pd.DataFrame) -> None:
    weighted = csi.fit_pls(survey(frame, weight="weight"), SMALL, n_boot=200)
    plain = csi.fit_pls(survey(frame), SMALL, n_boot=200)
    assert abs(float(weighted.value("Satisfaction")) - float(plain.value("Satisfaction"))) > 0.1
    assert index_error(weighted) > index_error(plain)


def test_strata_that_explain_the_outcome_shrink_the_error(frame: pd.DataFrame) -> None:
    level = frame[ITEMS["Satisfaction"]].mean(axis=1)
    stratified = frame.assign(level=pd.qcut(level.rank(method="first"), 8, labels=False))
    with_strata = csi.fit_pls(survey(stratified, strata="level"), SMALL, n_boot=800)
    without = csi.fit_pls(survey(frame), SMALL, n_boot=800, interval="t")
    assert index_error(with_strata) < 0.5 * index_error(without)


def test_clusters_that_share_their_answers_widen_the_error(frame: pd.DataFrame) -> None:
    order = frame.assign(place=frame[ITEMS["Satisfaction"]].mean(axis=1).rank(method="first"))
    clustered = order.assign(bunch=(order["place"] // 20).astype(int))
    together = csi.fit_pls(survey(clustered, cluster="bunch"), SMALL, n_boot=400)
    assert index_error(together) > 2 * index_error(csi.fit_pls(survey(frame), SMALL, n_boot=400))


def by_hand(frame: pd.DataFrame, group: str, construct: str) -> tuple[float, float]:
    """Equal-weight index of a domain and its error: residuals are 0 outside, totals per cluster within strata."""
    w = frame["weight"].to_numpy() * (frame["operator"] == group).to_numpy()
    y = 100 * (frame[ITEMS[construct]].mean(axis=1).to_numpy() - 1) / 9
    mean = (w * y).sum() / w.sum()
    residual = w * (y - mean) / w.sum()
    totals = pd.Series(residual).groupby([frame["region"], frame["interviewer"]]).sum()
    variance = sum(
        len(part) / (len(part) - 1) * ((part - part.mean()) ** 2).sum() for _, part in totals.groupby(level=0)
    )
    return mean, float(np.sqrt(variance))


def test_by_equals_a_domain_estimate_done_by_hand(frame: pd.DataFrame) -> None:
    design = {"weight": "weight", "strata": "region", "cluster": "interviewer"}
    full = survey(frame, case="operator", **design)
    exact = csi.fit_pls(full, SMALL, by="operator", inference="linearised").tidy("index_equal")
    drawn = csi.fit_pls(full, SMALL, by="operator", n_boot=2000).tidy("index_equal")
    for row, other in zip(exact.itertuples(), drawn.itertuples(), strict=True):
        mean, error = by_hand(frame, row.group, row.construct)
        assert row.estimate == pytest.approx(mean, abs=1e-10)
        assert row.std_error == pytest.approx(error, rel=1e-5)
        assert other.std_error == pytest.approx(error, rel=0.12)


@pytest.mark.parametrize("indicator_weights", ["pooled", "own"])
def test_a_new_group_changes_no_other(frame: pd.DataFrame, indicator_weights: str) -> None:
    biggest = frame["operator"].value_counts().index[0]
    half = np.arange(len(frame)) % 2 == 0
    split = frame.assign(finer=np.where((frame["operator"] == biggest) & half, "new", frame["operator"]))
    coarse = csi.fit_pls(
        survey(frame, case="operator"), SMALL, by="operator", n_boot=300, indicator_weights=indicator_weights
    )
    fine = csi.fit_pls(survey(split, case="finer"), SMALL, by="finer", n_boot=300, indicator_weights=indicator_weights)
    for table in ("index", "paths"):
        old, new = coarse.tidy(table), fine.tidy(table)
        same = [name for name in old["group"].unique() if name != biggest]
        np.testing.assert_allclose(
            new[new["group"].isin(same)].select_dtypes("number"),
            old[old["group"].isin(same)].select_dtypes("number"),
            rtol=1e-7, atol=1e-9,
        )  # fmt: skip


def test_contrast_of_groups_uses_their_covariance(frame: pd.DataFrame) -> None:
    fit = csi.fit_pls(survey(frame, case="operator"), SMALL, by="operator", n_boot=400, indicator_weights="own")
    first, second = fit.tidy()["group"].unique()[:2]
    keys = [(first, "Satisfaction"), (second, "Satisfaction")]
    difference = fit.contrast({keys[0]: 1, keys[1]: -1})
    covariance = fit.covariance()
    variance = (
        covariance.loc[keys[0], keys[0]] + covariance.loc[keys[1], keys[1]] - 2 * covariance.loc[keys[0], keys[1]]
    )
    assert difference.std_error == pytest.approx(np.sqrt(variance), rel=1e-9)
    assert float(difference) == pytest.approx(float(fit.value(*keys[0])) - float(fit.value(*keys[1])), abs=1e-12)


def test_own_and_pooled_weights_differ_and_own_equals_a_separate_fit(frame: pd.DataFrame) -> None:
    full = survey(frame, case="operator")
    own = csi.fit_pls(full, SMALL, by="operator", indicator_weights="own", n_boot=0).tidy("paths")
    pooled = csi.fit_pls(full, SMALL, by="operator", n_boot=0).tidy("paths")
    assert np.abs(own["estimate"] - pooled["estimate"]).max() > 1e-4
    for group, part in own.groupby("group"):
        alone = csi.fit_pls(survey(frame[frame["operator"] == group].reset_index(drop=True)), SMALL, n_boot=0)
        np.testing.assert_allclose(part["estimate"], alone.tidy("paths")["estimate"], atol=1e-6)


def test_rescaled_draws_keep_the_size_of_every_stratum() -> None:
    strata = np.repeat([0, 1, 2], [4, 7, 2])
    cluster = np.arange(13)
    design = Design(13, strata=strata, cluster=cluster)
    multipliers = np.hstack([part for _, part in draw(design, 500, 1)])
    for stratum, size in enumerate([4, 7, 2]):
        part = multipliers[strata == stratum]
        np.testing.assert_allclose(part.sum(axis=0), size, atol=1e-12)
        drawn = part * (size - 1) / size
        np.testing.assert_allclose(drawn, np.round(drawn), atol=1e-12)
        # n_h - 1 of n_h, rescaled: the variance of a stratum's total is that of the textbook, n s^2
        values = np.arange(size, dtype=float)
        assert (values @ part).var(ddof=1) == pytest.approx(size * values.var(ddof=1), rel=0.2)


def test_draws_do_not_depend_on_memory_or_on_how_many_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    design = Design(37)
    whole = np.hstack([part for _, part in draw(design, 600, 7)])
    short = np.hstack([part for _, part in draw(design, 300, 7)])
    monkeypatch.setattr(bootstrap, "CELLS", 37 * 11)
    pieces = np.hstack([part for _, part in draw(design, 600, 7)])
    assert whole.shape == (37, 600)
    assert (pieces == whole).all()
    assert (short == whole[:, :300]).all()
    assert (whole.sum(axis=0) == 37).all()


def test_moments_of_a_replicate_are_the_moments_of_its_rows() -> None:
    rng = np.random.default_rng(0)
    columns = rng.normal(50, 2, size=(30, 3))
    weight = rng.uniform(0.5, 2, 30)
    design = Design(30, weight=weight)
    rows = rows_of(columns, design, "listwise")
    _, multipliers = next(iter(draw(design, 5, 2)))
    (batch,), _ = Resampler(rows).batches(multipliers)
    for b in range(5):
        picked = np.repeat(np.arange(30), multipliers[:, b].astype(int))
        direct = csi.Moments.from_frame(columns[picked], weights=weight[picked])
        np.testing.assert_allclose(batch.mean[:, b], direct.mean, atol=1e-12)
        np.testing.assert_allclose(batch.cov[:, :, b], direct.cov, atol=1e-11)


@pytest.mark.parametrize("missing", ["listwise", "pairwise"])
def test_rows_and_moments_give_the_same_estimates(missing: str) -> None:
    sample = csi.load_sample("mobile")
    by_rows = csi.fit_pls(sample, SMALL, missing=missing, n_boot=0)
    items = list(by_rows.tidy("outer")["item"].unique())
    moments = sample.moments(items, missing=missing)
    by_moments = csi.fit_pls(moments, SMALL, n_boot=0)
    for table in by_rows.tables:
        np.testing.assert_allclose(
            by_rows.tidy(table)["estimate"], by_moments.tidy(table)["estimate"], rtol=0, atol=1e-9
        )
    assert by_rows.glance()["n"][0] == moments.n


def test_pairwise_uses_more_respondents_and_bootstraps() -> None:
    sample = csi.load_sample("mobile")
    listwise = csi.fit_pls(sample, "ECSI", n_boot=0)
    pairwise = csi.fit_pls(sample, "ECSI", n_boot=40, missing="pairwise")
    assert pairwise.glance()["n"][0] > listwise.glance()["n"][0]
    assert (pairwise.tidy("paths")["std_error"] > 0).all()


def test_bca_by_hand() -> None:
    """Mean of ten skewed numbers: z0 from the share below, a from the jackknife, limits by the adjusted shares."""
    from statistics import NormalDist

    normal = NormalDist()
    x = np.array([1.0, 1, 2, 2, 3, 3, 4, 6, 9, 19])
    rng = np.random.default_rng(4)
    replicates = x[rng.integers(0, 10, size=(2000, 10))].mean(axis=1)
    held_out = np.array([np.delete(x, i).mean() for i in range(10)])
    u = held_out.mean() - held_out
    a = (u**3).sum() / (6 * (u**2).sum() ** 1.5)
    z0 = normal.inv_cdf(((replicates < x.mean()).mean() + (replicates <= x.mean()).mean()) / 2)
    limits = []
    for tail in (0.05, 0.95):
        z = z0 + normal.inv_cdf(tail)
        limits.append(np.quantile(replicates, normal.cdf(z0 + z / (1 - a * z)), method="weibull"))
    draws = Draws(np.array([x.mean()]), replicates[None], "bca", acceleration=acceleration(held_out[None]))
    (lower,), (upper,) = draws.interval(0.9)
    assert [lower, upper] == pytest.approx(limits, abs=1e-9)
    assert draws.std_error[0] == pytest.approx(replicates.std(ddof=1))


@pytest.mark.parametrize("method", ["percentile", "bca", "t"])
def test_p_values_invert_the_interval(method: str) -> None:
    rng = np.random.default_rng(8)
    replicates = rng.normal(size=(40, 400)) * 0.1 + rng.normal(size=(40, 1)) * 0.15
    estimate = replicates.mean(axis=1)
    extra = rng.normal(0, 0.03, 40)
    draws = Draws(estimate, replicates, method, df=60, acceleration=extra, scale=np.ones(40, dtype=np.int8))
    p_values = draws.p_value()
    inside = (p_values > 0.01) & (p_values < 0.99)
    assert inside.sum() > 15
    for i in np.flatnonzero(inside):
        for level, covered in ((1 - p_values[i] * 0.98, True), (1 - min(p_values[i] * 1.02, 0.999), False)):
            lower, upper = draws.interval(level)
            assert (lower[i] <= 0 <= upper[i]) == covered


def test_linearised_errors_are_the_bootstraps(shared: Path) -> None:
    """METHODS R2: against 10,000 replicates the ratio lies in .92-1.06, for indices in .98-1.02."""
    mobi = csi.read_csv(shared / "data" / "mobi.csv")
    linear = csi.fit_pls(mobi, "ECSI_2005", inference="linearised")
    drawn = csi.fit_pls(mobi, "ECSI_2005", n_boot=10_000)
    for table in ("paths", "outer", "index"):
        a, b = linear.tidy(table)["std_error"], drawn.tidy(table)["std_error"]
        ratio = (a[b > 0] / b[b > 0]).to_numpy()
        low, high = (0.98, 1.02) if table == "index" else (0.92, 1.06)
        assert low < ratio.min(), table
        assert ratio.max() < high, table
        assert (a[b == 0] == 0).all()


class AloneDomain:
    """Numbers of one domain of everybody."""

    def __init__(self, numbers: Callable[[Batch], dict[str, np.ndarray]]) -> None:
        self.numbers = numbers

    def common(self, together: Batch) -> None:
        return None

    def of_domain(self, g: int, batch: Batch, common: None) -> dict[str, np.ndarray]:
        return self.numbers(batch)


def test_jackknife_and_influence_agree_on_the_acceleration(frame: pd.DataFrame) -> None:
    from csi.inference.influence import influence

    columns = frame[NAMES].to_numpy(float)
    design = Design(len(columns))
    rows = rows_of(columns, design, "listwise")

    def ratio(batch: Batch) -> dict[str, np.ndarray]:
        return {"slope": (batch.cov[0, 3] / batch.cov[0, 0])[None], "mean": batch.mean[:1]}

    held_out = leave_one_out(rows, design, lambda domains, together: ratio(together))
    accelerations = influence(rows, design, AloneDomain(ratio)).accelerations()
    for name, values in held_out.items():
        assert accelerations[name] == pytest.approx(acceleration(values), abs=2e-3)
    mean = frame[NAMES[0]]
    skew = ((mean - mean.mean()) ** 3).sum() / (6 * ((mean - mean.mean()) ** 2).sum() ** 1.5)
    assert accelerations["mean"][0] == pytest.approx(skew, rel=1e-6)


@pytest.mark.parametrize("by", [None, "operator"])
def test_bca_limits_are_the_same_by_jackknife_and_by_influence(
    frame: pd.DataFrame, by: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above 1,000 respondents the acceleration comes from the influence function instead of the jackknife."""
    full = survey(frame, case="operator")
    held_out = csi.fit_pls(full, SMALL, by=by, n_boot=500)
    monkeypatch.setattr("csi.estimation.engine.JACKKNIFE_UP_TO", 10)
    influence = csi.fit_pls(full, SMALL, by=by, n_boot=500)
    for table in ("index", "paths", "outer"):
        a, b = held_out.tidy(table), influence.tidy(table)
        np.testing.assert_allclose(a["std_error"], b["std_error"], rtol=1e-12)
        width = (a["upper"] - a["lower"]).replace(0, 1)
        for limit in ("lower", "upper"):
            assert ((a[limit] - b[limit]).abs() / width).max() < (0.05 if by is None else 0.12), table


def test_influence_of_a_mean_is_its_residual(frame: pd.DataFrame) -> None:
    from csi.inference.influence import influence

    columns = frame[NAMES].to_numpy(float)
    weight = frame["weight"].to_numpy(float)
    design = Design(len(columns), weight=weight)

    means = AloneDomain(lambda batch: {"mean": batch.mean})
    values = influence(rows_of(columns, design, "listwise"), design, means).values("mean")
    expected = weight[:, None] * (columns - np.average(columns, axis=0, weights=weight)) / weight.sum()
    np.testing.assert_allclose(values.T, expected, atol=1e-10)
    np.testing.assert_allclose(values.sum(axis=1), 0, atol=1e-8)  # steps of 1e-4: central differences err by 1e-8


def test_fourth_order_moments_give_the_errors_of_the_rows(frame: pd.DataFrame) -> None:
    from_rows = csi.fit_pls(survey(frame, weight="weight"), SMALL, inference="linearised")
    parts = [
        csi.Moments.from_frame(
            frame[i : i + 100], NAMES, weights=frame["weight"][i : i + 100], fourth=True, lo=1, hi=10
        )
        for i in range(0, 400, 100)
    ]
    merged = parts[0].merge(parts[1]).merge(parts[2]).merge(parts[3])
    from_moments = csi.fit_pls(merged, SMALL)
    assert from_moments.glance()["inference"][0] == "linearised"
    for table in from_rows.tables:
        np.testing.assert_allclose(
            from_moments.tidy(table)["std_error"], from_rows.tidy(table)["std_error"], rtol=2e-4, atol=1e-8
        )


def test_normal_theory_is_named_and_is_wrong_where_methods_says(shared: Path) -> None:
    """METHODS R3: on mobi normal errors are .60 of the right one for R2 of Loyalty, .65 for Quality -> Value."""
    mobi = csi.read_csv(shared / "data" / "mobi.csv")
    normal = csi.fit_pls(csi.load_moments("mobi"), "ECSI_2005")
    right = csi.fit_pls(mobi, "ECSI_2005", n_boot=10_000)
    assert any("Normal-theory" in str(note) for note in normal.notes)

    def ratio(table: str, *key: str) -> float:
        return normal.value(*key, table=table).std_error / right.value(*key, table=table).std_error

    assert ratio("paths", "Quality", "Value") == pytest.approx(0.65, abs=0.03)
    assert ratio("constructs", "Loyalty", "r2") == pytest.approx(0.60, abs=0.03)
    # indices are hardly touched except where weights are unsure (docs/decisions/0003-normal-theory-errors.md)
    assert ratio("index", "Satisfaction") == pytest.approx(1.0, abs=0.04)
    assert ratio("index", "Loyalty") < 0.97


def normal_fourth(moments: csi.Moments) -> csi.Moments:
    """The same moments with the fourth-order sums that normal ratings would have (Isserlis)."""
    rows, columns = upper(len(moments.names))
    cov = moments.cov * (moments.n - 1) / moments.n
    flat, p = cov[rows, columns], len(cov)
    total = np.zeros((1 + p + len(flat),) * 2)
    total[0, 0] = moments.n
    total[0, 1 + p :] = total[1 + p :, 0] = moments.n * flat
    total[1 : 1 + p, 1 : 1 + p] = moments.n * cov
    products = cov[np.ix_(rows, rows)] * cov[np.ix_(columns, columns)]
    products += cov[np.ix_(rows, columns)] * cov[np.ix_(columns, rows)]
    total[1 + p :, 1 + p :] = moments.n * (products + np.outer(flat, flat))
    return dataclasses.replace(moments, fourth=Fourth(moments.mean, total, moments.n))


def test_normal_draws_have_the_errors_that_normal_moments_imply() -> None:
    """Wishart draws against the delta method with the exact fourth moments of a normal distribution, n = 7,422."""
    moments = csi.load_moments("acsi2015")
    model = csi.PathModel.parse(
        "E =~ OVERALLX + CUSTOMX + WRONGX; Q =~ OVERALLQ + CUSTOMQ + WRONGQ; S =~ SATIS + CONFIRM + IDEAL;"
        "Q ~ E; S ~ E + Q"
    )
    drawn = csi.fit_pls(moments, model, n_boot=10_000)
    exact = csi.fit_pls(normal_fourth(moments), model)
    assert drawn.glance()["inference"][0] == "normal"
    for table in drawn.tables:
        a, b = drawn.tidy(table)["std_error"], exact.tidy(table)["std_error"]
        ratio = (a[b > 0] / b[b > 0]).to_numpy()
        assert ratio.min() > 0.96, table
        assert ratio.max() < 1.04, table


def test_every_row_that_is_not_a_constant_has_an_error() -> None:
    sample = csi.load_sample("mobile")
    for fit in (
        csi.fit_pls(sample, "ECSI", n_boot=60),
        csi.fit_pls(sample, "ACSI", n_boot=60, by="operator"),
        csi.fit_pls(sample, "SCSB", n_boot=60, consistent=True),
        csi.fit_pls(csi.load_moments("mobi"), "ECSI_2005", n_boot=60),
    ):
        for table in fit.tables:
            tidy = fit.tidy(table)
            assert tidy[["estimate", "std_error", "lower", "upper"]].notna().all().all(), table
            constant = tidy["std_error"] == 0
            assert (tidy.loc[constant, "lower"] == tidy.loc[constant, "estimate"]).all()
            assert np.isin(tidy.loc[constant, "estimate"].round(9), [1.0]).all(), table
            if "p_value" in tidy:
                assert tidy.loc[constant, "p_value"].isna().all()
                assert tidy.loc[~constant, "p_value"].between(0, 1).all()


def test_signs_of_replicates_follow_the_sample(frame: pd.DataFrame) -> None:
    """A block whose orientation flips between replicates would give an error of the size of the weight itself."""
    flipped = frame.assign(**{name: 11 - frame[name] for name in ITEMS["Quality"]})
    straight = csi.fit_pls(survey(frame), SMALL, n_boot=300)
    turned = csi.fit_pls(survey(flipped), SMALL, n_boot=300)
    a, b = straight.tidy("paths"), turned.tidy("paths")
    from_quality = a["source"] == "Quality"
    np.testing.assert_allclose(a.loc[from_quality, "estimate"], -b.loc[from_quality, "estimate"], atol=1e-6)
    np.testing.assert_allclose(a["std_error"], b["std_error"], atol=1e-6)


def test_failed_replicates_are_counted() -> None:
    """One respondent in twelve differs on an item, so that many replicates have a constant item."""
    frame = csi.load_sample("tiny").answers
    items = {name: csi.Item(name, scale=csi.Scale(1, 10)) for name in ("s1", "s2", "q1")}
    rare = frame[["s1", "s2"]].assign(q1=[5.0] * 11 + [7.0])
    fit = csi.fit_pls(
        csi.Survey.from_frame(rare, csi.Codebook(items=items), name="rare"),
        csi.PathModel.parse("S =~ s1 + s2; Q =~ q1; S ~ Q"),
        n_boot=1000,
    )
    expected = 1000 * (11 / 12) ** 12
    failed = fit.glance()["n_failed"][0]
    assert abs(failed - expected) < 4 * np.sqrt(expected * (1 - expected / 1000))
    check = fit.check().set_index("check")
    assert not check.loc["replicates", "ok"]
    assert any(str(failed) in str(note) for note in fit.notes)


def test_replicates_are_the_same_for_the_same_seed_only(frame: pd.DataFrame) -> None:
    first = csi.fit_pls(survey(frame), SMALL, n_boot=100, seed=3).tidy()
    again = csi.fit_pls(survey(frame), SMALL, n_boot=100, seed=3).tidy()
    other = csi.fit_pls(survey(frame), SMALL, n_boot=100, seed=4).tidy()
    pd.testing.assert_frame_equal(first, again)
    assert (first["std_error"] != other["std_error"]).all()


def test_replicate_evaluates_every_block() -> None:
    columns = np.random.default_rng(1).normal(size=(50, 2))
    design = Design(50)
    resampler = Resampler(rows_of(columns, design, "listwise"))
    found = collect({"m": resampler.batches(multipliers)[1].mean} for _, multipliers in draw(design, 510, 1))
    assert found["m"].shape == (2, 510)
    assert found["m"].std(axis=1) == pytest.approx(columns.std(axis=0) / np.sqrt(50), rel=0.15)


def test_results_are_frozen(frame: pd.DataFrame) -> None:
    fit = csi.fit_pls(survey(frame), SMALL, n_boot=0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        fit.headline = "paths"


def test_counts_of_many_units_are_the_counts_of_few() -> None:
    """Above a few million cells counts are small integers; a unit drawn three hundred times is still counted."""
    drawn = np.zeros((1, 5_000_000), dtype=np.int64)
    drawn[0, 300:] = np.arange(300, 5_000_000)
    counts = bootstrap.count_draws(drawn, 5_000_000)
    assert counts[0, 0] == 300
    assert counts[1:300].sum() == 0
    assert int(counts.sum(dtype=np.int64)) == 5_000_000
