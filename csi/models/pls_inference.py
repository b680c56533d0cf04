"""How PLS estimates move: the estimator as the engine sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from csi.estimation.engine import Numbers
from csi.estimation.moments import OfMoments
from csi.inference.bootstrap import Batch
from csi.language import Note, note
from csi.models.pls_data import Data
from csi.models.pls_quantities import Question, Solved, derive, derive_sample, raw_weights

Array = NDArray[np.float64]
FINE = 1e-12  # tolerance of the iteration under a numeric derivative


@dataclass(frozen=True, eq=False)
class OfPls(OfMoments):
    """The numbers of a PLS model; replicates start from the weights of the sample.

    Attributes
    ----------
    question : what is estimated
    reference : weights (p,) of the sample: one when groups share them, else one per group
    solved : the numbers of the sample, from the iteration run to its end
    resign : whether signs are matched to those of the sample
    """

    question: Question
    reference: Sequence[Array]
    solved: Mapping[str, Array]
    resign: bool = True

    def numbers(self) -> Numbers:
        """(k,) of the sample."""
        return dict(self.solved)

    def common(self, together: Batch) -> Array | None:
        """(p, b) the weights that groups share, on the ratings; NaN where the iteration did not converge."""
        if not self.question.pooled:
            return None
        raw, solution = raw_weights(self.question, together, self.reference[0], self.resign)
        return raw if solution.converged.all() else np.where(solution.converged, raw, np.nan)

    def of_domain(self, g: int, batch: Batch, common: Array | None) -> Numbers:
        """(k, b) of one group; NaN where the iteration did not converge."""
        if common is not None:
            return derive(self.question, g, batch, common)
        raw, solution = raw_weights(self.question, batch, self.reference[g], self.resign)
        return derive(self.question, g, batch, raw, solution)

    def finer(self) -> OfPls:
        """The same with the tolerance that a numeric derivative needs."""
        return replace(self, question=replace(self.question, tolerance=FINE))

    def inadmissible(self, draws: Mapping[str, Array]) -> NDArray[np.bool_]:
        """(B,) replicates whose PLSc solution is inadmissible: a reliability, loading or path out of bounds."""
        if not self.question.consistent:
            return super().inadmissible(draws)
        there = np.isfinite(draws["weights"]).all(axis=0)
        with np.errstate(invalid="ignore"):
            rho = ((draws["rho_a"] <= 0) | (draws["rho_a"] > 1 + 1e-9)).any(axis=0)
            beyond = (np.abs(draws["paths"]) > 1).any(axis=0) | (np.abs(draws["loadings"]) > 1 + 1e-9).any(axis=0)
        return there & (rho | beyond | np.isnan(draws["paths"]).any(axis=0))

    def remark(self) -> Note:
        """The note that says how replicates are drawn."""
        kind = "plain" if self.design.plain else "complex"
        return note("design_" + kind, units=self.design.units, strata=int(self.design.unit_stratum.max()) + 1)


def estimator_of(question: Question, data: Data, solved: Solved) -> OfPls:
    """The estimator of a model that was solved for the sample."""
    reference = [solution.weights[:, 0] for solution in solved.sources]
    return OfPls(
        data.domains, data.together, data.n_eff, data.rows, data.design, data.moments, question, reference,
        derive_sample(question, solved),
    )  # fmt: skip
