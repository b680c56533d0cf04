"""What to doubt in a PLS result: admissibility first, then the usual yardsticks of measurement."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from csi.estimation.engine import Measured, replicate_checks
from csi.inference.stores import DrawStore
from csi.models.pls_data import Data
from csi.models.pls_quantities import Question, Solved, disattenuate
from csi.results import Check

Array = NDArray[np.float64]


def check_pls(
    question: Question, data: Data, solved: Solved, numbers: Mapping[str, Array], found: Measured
) -> tuple[Check, ...]:
    """All checks of one result."""
    lines = [_converged(question, solved), _definite(data)]
    if question.consistent:
        lines += _admissible(question, data, solved, numbers)
    lines += [_negative_weights(data, numbers, found), *found.checks()]
    if question.consistent:
        lines += replicate_checks(found.n_outside, found.n_boot, "plsc_replicates")
    return tuple(lines + _measurement(question, data, numbers))


def _converged(question: Question, solved: Solved) -> Check:
    steps = int(solved.iterations.max())
    return Check(
        "converged", steps, f"<= {question.max_iter}", bool(solved.converged.all()), True,
        {"iterations": steps, "max_iter": question.max_iter, "tolerance": question.tolerance},
    )  # fmt: skip


def _definite(data: Data) -> Check:
    smallest = min(float(np.linalg.eigvalsh(batch.correlation[:, :, 0])[0]) for batch in [data.together])
    return Check("definite", smallest, ">= 0", smallest >= -1e-10, True, {"value": smallest})


def _admissible(question: Question, data: Data, solved: Solved, numbers: Mapping[str, Array]) -> list[Check]:
    """PLSc: reliabilities, loadings, construct correlations and paths within their bounds."""
    names = data.model.names
    count = len(names)
    rho = numbers["rho_a"].reshape(-1, count)
    bad = sorted({names[j] for _, j in zip(*np.nonzero((rho <= 0) | (rho > 1 + 1e-9)), strict=True)})
    worst = float(rho.flat[np.argmax(np.abs(rho - 0.5))])
    lines = [Check("plsc_rho_a", worst, "0 < rho_A <= 1", not bad, True, {"constructs": bad, "value": worst})]
    loadings = numbers["loadings"].reshape(-1, question.layout.p)
    high = sorted({data.items[i] for _, i in zip(*np.nonzero(np.abs(loadings) > 1 + 1e-9), strict=True)})
    largest = float(np.nanmax(np.abs(loadings)))
    lines.append(Check("plsc_loading", largest, "|loading| <= 1", not high, True, {"items": high, "value": largest}))
    smallest = min(
        float(np.linalg.eigvalsh(np.nan_to_num(disattenuate(solution.composites, rho[g][:, None]))[:, :, 0])[0])
        for g, solution in enumerate(solved.solutions)
    )
    lines.append(Check("plsc_definite", smallest, "> 0", smallest > 0, True, {"value": smallest}))
    paths = numbers["paths"].reshape(-1, len(question.paths))
    beyond = sorted(
        {
            f"{names[question.paths[i][0]]} -> {names[question.paths[i][1]]}"
            for _, i in zip(*np.nonzero(np.abs(paths) > 1), strict=True)
        }
    )
    value = float(np.nanmax(np.abs(paths))) if np.isfinite(paths).any() else float("nan")
    ok = not beyond and bool(np.isfinite(paths).all())
    lines.append(Check("plsc_path", value, "|path| <= 1", ok, True, {"paths": beyond, "value": value}))
    return lines


def _negative_weights(data: Data, numbers: Mapping[str, Array], found: Measured) -> Check:
    """Negative outer weights, with the share of replicates in which each is negative (METHODS.md R5)."""
    p = len(data.items)
    weights = numbers["weights"].reshape(-1, p)
    share = np.zeros(p)
    if isinstance(found.store, DrawStore):
        drawn = found.store.draws["weights"]
        counts = np.maximum((~np.isnan(drawn)).sum(axis=1), 1)
        share = ((drawn < 0).sum(axis=1) / counts).reshape(-1, p).max(axis=0)
    bad = [i for i in range(p) if (weights[:, i] < 0).any()]
    doubtful = [i for i in np.argsort(-share) if share[i] > 0]
    listed = [f"{data.items[i]} ({share[i]:.1%})" for i in (bad or doubtful)]
    lowest = float(weights.min())
    name = "negative_weights" if found.n_boot and listed else "negative_weights_alone"
    return Check(name, lowest, ">= 0", not bad, False, {"items": listed or ["–"], "value": lowest})


def _measurement(question: Question, data: Data, numbers: Mapping[str, Array]) -> list[Check]:
    """The yardsticks for reflective blocks of two or more items; the worst construct or pair stands in the value."""
    names = data.model.names
    blocks = question.layout.blocks
    measured = [
        j
        for j, (block, mode) in enumerate(zip(blocks, question.layout.modes, strict=True))
        if block.stop - block.start > 1 and mode == "A"
    ]
    lines = []
    if measured:
        for term, floor in (("alpha", 0.7), ("rho_c", 0.7), ("ave", 0.5)):
            values = numbers[term].reshape(-1, len(names))[:, measured].min(axis=0)
            low = [names[j] for j, value in zip(measured, values, strict=True) if value < floor]
            worst = float(values.min())
            lines.append(Check(term, worst, f">= {floor}", not low, False, {"constructs": low, "value": worst}))
    pairs = [(i, (a, b)) for i, (a, b) in enumerate(question.pairs) if a in measured and b in measured]
    if pairs:
        values = numbers["htmt"].reshape(-1, len(question.pairs)).max(axis=0)
        high = [f"{names[a]} / {names[b]}" for i, (a, b) in pairs if values[i] > 0.9]
        worst = float(max(values[i] for i, _ in pairs))
        lines.append(Check("htmt", worst, "<= 0.9", not high, False, {"pairs": high, "value": worst}))
    return lines
