"""Results objects of statsmodels with the coefficients and the covariance of a survey; imported when asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t
from statsmodels.base.model import LikelihoodModelResults
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.families.links import Logit, Probit
from statsmodels.genmod.generalized_linear_model import GLM, GLMResults, GLMResultsWrapper
from statsmodels.miscmodels.ordinal_model import OrderedModel, OrderedResults, OrderedResultsWrapper
from statsmodels.regression.linear_model import WLS, RegressionResults, RegressionResultsWrapper

from csi.drivers.handed import Handed
from csi.language import say

Array = NDArray[np.float64]
# of a sample that is weighted or clustered there are none, and numbers that mean nothing are not shown
OF_LIKELIHOODS = ("llf", "llnull", "aic", "bic", "bic_llf", "deviance", "null_deviance", "llf_null", "prsquared")


class OfSurvey:
    """What results of a survey do otherwise: the design's degrees of freedom, and words under the summary."""

    def take(self, coef: Array, cov: Array, handed: Handed) -> None:
        """Put the coefficients (q,) and their covariance (q, q) in the place of those of statsmodels."""
        self.params, self.cov_params_default = coef, cov
        self.use_t = bool(np.isfinite(handed.df))
        self.df_resid_inference = handed.df if self.use_t else self.df_resid
        self.cov_type, self.cov_kwds = "survey", {"description": " ".join(map(str, handed.remarks))}
        self.weighted = handed.weighted
        if self.weighted:
            self._cache = dict.fromkeys(OF_LIKELIHOODS, np.nan)

    def summary(self, *given: Any, **options: Any) -> Any:
        """As in statsmodels, with what the numbers mean for a survey below."""
        found = super().summary(*given, **options)
        words = [self.cov_kwds["description"]]
        if self.weighted:
            words.append(say("notes.statsmodels_weighted"))
        if isinstance(self, RegressionResults):  # it writes the first of these itself
            words = words[1:]
        found.extra_txt = "\n".join([part for part in (found.extra_txt, *words) if part])
        return found

    def get_prediction(self, *given: Any, **options: Any) -> Any:
        """As in statsmodels, with the design's degrees of freedom."""
        found = super().get_prediction(*given, **options)
        if self.use_t:
            found.df, found.dist, found.dist_args = self.df_resid_inference, t, (self.df_resid_inference,)
        return found


class SurveyWLS(OfSurvey, RegressionResults):
    """Least squares."""


class SurveyGLM(OfSurvey, GLMResults):
    """A logit or probit of two levels."""


class SurveyOrdered(OfSurvey, OrderedResults):
    """A cumulative logit or probit."""


def results_of(handed: Handed) -> Any:
    """The results object of statsmodels: of `WLS`, `GLM` (binomial) or `OrderedModel`."""
    x = pd.DataFrame(handed.x, columns=list(handed.names))
    y = pd.Series(handed.y, name=handed.outcome)
    if handed.kind == "ordered":
        return _ordered(handed, x)
    x.insert(0, "Intercept", 1.0)
    if handed.kind == "linear":
        model = WLS(y, x, weights=handed.weight)
        fitted = model.fit()
        found = SurveyWLS(model, fitted.params.to_numpy(), fitted.normalized_cov_params, fitted.scale)
        wrapper = RegressionResultsWrapper
    else:
        link = Logit() if handed.link == "logit" else Probit()
        model = GLM(y, x, family=Binomial(link), var_weights=handed.weight)
        fitted = model.fit(start_params=handed.coef, maxiter=25, tol=1e-12)
        found = SurveyGLM(model, handed.coef, np.asarray(fitted.normalized_cov_params), fitted.scale)
        found.method, found.fit_history, found.converged = "IRLS", fitted.fit_history, fitted.converged
        wrapper = GLMResultsWrapper
    found.take(handed.coef, handed.cov, handed)
    return wrapper(found)


def _ordered(handed: Handed, x: pd.DataFrame) -> Any:
    """`OrderedModel` keeps its first threshold and the logarithms of the steps to the others."""
    labels = [f"{level:g}" for level in handed.levels]
    levels = pd.Categorical.from_codes(handed.y.astype(int), categories=labels, ordered=True)
    model = OrderedModel(pd.Series(levels, name=handed.outcome), x, distr=handed.link)
    k = len(handed.names)
    thresholds = handed.coef[k:]
    steps = np.diff(thresholds)
    coef = np.concatenate([handed.coef[:k], thresholds[:1], np.log(steps)])
    slopes = np.eye(len(coef))
    for j, step in enumerate(steps, start=k + 1):
        slopes[j, j - 1 : j + 1] = [-1 / step, 1 / step]
    found = SurveyOrdered(model, LikelihoodModelResults(model, coef, scale=1.0))
    found.hasconst = 0
    found.take(coef, slopes @ handed.cov @ slopes.T, handed)
    return OrderedResultsWrapper(found)
