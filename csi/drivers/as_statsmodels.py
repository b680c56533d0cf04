"""A regression of csi as a results object of statsmodels, with csi's coefficients and the covariance of the design."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from csi.drivers.regression_inference import Fit
from csi.errors import OptionError
from csi.estimation.engine import Measured
from csi.language import note

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
MEANINGLESS = ("llf", "llnull", "llf_null", "aic", "bic", "bic_llf", "info_criteria", "deviance", "null_deviance")


def as_statsmodels(fit: Fit, found: Measured, group: str | None = None) -> Any:
    """The results object of one domain.

    Parameters
    ----------
    fit : regressions of all domains
    found : the numbers and their uncertainty
    group : label of the domain, None without groups

    Raises
    ------
    OptionError
        `statsmodels_group`: no such group; `statsmodels_no_errors` without inference.

    """
    groups = fit.data.groups
    if (group or "") not in (groups or ("",)):
        raise OptionError("statsmodels_group", value=group, choices=list(groups) or ["-"])
    if found.store is None:
        raise OptionError("statsmodels_no_errors")
    g = groups.index(group) if groups else 0
    domain, model = fit.data.domains[g], fit.models[g]
    exog = _frame(domain.x, fit.data.names, fit.kind != "ordered")
    endog = _series(fit, g)
    params = np.concatenate([model.lead, model.coef])
    cov = _covariance(fit, found, g)
    if fit.kind == "ordered":
        results, params, cov = _ordered(endog, exog, fit.link, model.lead, model.coef, cov)
    else:
        results = _linear(endog, exog, domain.weight) if fit.kind == "linear" else _binomial(endog, exog, fit, g)
    equal = bool(np.ptp(domain.weight) == 0)
    return _handed_over(results, params, cov, fit.dfs[g], "" if equal else str(note("statsmodels_weights")), found)


def _frame(x: Array, names: tuple[str, ...], constant: bool) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(x, columns=list(names))
    if constant:
        frame.insert(0, "intercept", 1.0)
    return frame


def _series(fit: Fit, g: int) -> pd.Series:
    import pandas as pd

    values = fit.outcomes[g]
    if fit.kind == "ordered":
        labels = [f"{level:g}" for level in fit.levels[g]]
        dtype = pd.CategoricalDtype(labels, ordered=True)
        return pd.Series(pd.Categorical.from_codes(values.astype(np.int64), dtype=dtype), name=fit.data.outcome)
    return pd.Series(values, name=fit.data.outcome)


def _covariance(fit: Fit, found: Measured, g: int) -> Array:
    """Covariance of intercept or thresholds, then coefficients, of one domain."""
    model = fit.models[g]
    places = [("lead", g * len(model.lead) + i) for i in range(len(model.lead))]
    places += [("raw", g * len(model.coef) + i) for i in range(len(model.coef))]
    estimate = np.array([found.numbers[name][i] for name, i in places])
    return found.store.uncertainty(estimate, places, np.zeros(len(places), dtype=np.int8)).covariance()


def _linear(endog: pd.Series, exog: pd.DataFrame, weight: Array) -> Any:
    from statsmodels.regression.linear_model import WLS

    return WLS(endog, exog, weights=weight).fit()


def _binomial(endog: pd.Series, exog: pd.DataFrame, fit: Fit, g: int) -> Any:
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM

    link = families.links.Logit() if fit.link == "logit" else families.links.Probit()
    model = GLM(endog, exog, family=families.Binomial(link), freq_weights=fit.data.domains[g].weight)
    return model.fit(start_params=np.concatenate([fit.models[g].lead, fit.models[g].coef]))


def _ordered(
    endog: pd.Series, exog: pd.DataFrame, link: str, thresholds: Array, coef: Array, cov: Array
) -> tuple[Any, Array, Array]:
    """An OrderedModel, whose parameters are the coefficients, the first threshold, and logarithms of the steps."""
    import warnings

    from statsmodels.miscmodels.ordinal_model import OrderedModel

    steps, cuts = np.diff(thresholds), len(thresholds)
    params = np.concatenate([coef, thresholds[:1], np.log(steps)])
    turn = np.zeros((len(params),) * 2)
    turn[: len(coef), cuts:] = np.eye(len(coef))
    turn[len(coef), 0] = 1.0
    for i, step in enumerate(steps):
        turn[len(coef) + 1 + i, [i, i + 1]] = -1 / step, 1 / step
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that no step of the search was made
        results = OrderedModel(endog, exog, distr=link).fit(start_params=params, method="bfgs", maxiter=0, disp=False)
    return results, params, turn @ cov @ turn.T


def _handed_over(results: Any, params: Array, cov: Array, df: float, remark: str, found: Measured) -> Any:
    """The same object with csi's numbers; likelihoods become NaN where weights deprive them of meaning."""
    inner = getattr(results, "_results", results)
    inner._cache = {}
    inner.params = params
    inner.cov_params_default = cov
    inner.normalized_cov_params = cov
    inner.cov_type, inner.use_t, inner.df_resid_inference = found.method, True, df
    told = " ".join(str(one) for one in found.notes)
    inner.cov_kwds = {"description": f"{told} {remark}".strip()}
    if remark:
        inner._cache |= dict.fromkeys(MEANINGLESS, np.nan)
    return results
