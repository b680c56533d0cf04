"""Exercises of lesson 00, the ten-minute tour."""

from __future__ import annotations

from functools import cache

import numpy as np

from csi.course.second import MODEL, second_mobile
from csi.course.tasks import NamesTask, NumberTask, OwnTask
from csi.data.codebook import REASONS
from csi.data.samples import load_sample
from csi.models.pls import fit_pls

TARGET = "Satisfaction"


@cache
def left_out() -> NumberTask:
    """00.1: respondents the model could not use, counted from the reasons for missing answers."""
    survey = load_sample("mobile")
    model = second_mobile().model
    why = survey.reasons
    asked = why[list(model.items)].to_numpy() != REASONS.index("answered")
    people = asked.any(axis=1)
    return NumberTask(
        right=float(people.sum()), tolerance=0.5, said="ex_00_1",
        mistakes={
            "kept": float((~people).sum()),
            "cells": float(asked.sum()),
            "any_item": float((why.to_numpy() != REASONS.index("answered")).any(axis=1).sum()),
            "all_cells": float((why.to_numpy() != REASONS.index("answered")).sum()),
            "share": float(people.mean()),
            "percent": round(float(100 * people.mean())),
        },
        values={"n": len(survey)},
    )  # fmt: skip


@cache
def margin() -> NumberTask:
    """00.2: half the width of the 90% interval of the Quality index, from linearised errors, not the bootstrap."""
    fit = fit_pls(load_sample("mobile"), MODEL, inference="linearised")
    wanted, usual = (fit.value("Quality", level=level) for level in (0.9, 0.95))
    half = (wanted.upper - wanted.lower) / 2
    return NumberTask(
        right=half, tolerance=0.03 * half, said="ex_00_2",
        mistakes={
            "other_level": (usual.upper - usual.lower) / 2,
            "full_width": 2 * half,
            "std_error_alone": wanted.std_error,
            "index_itself": float(wanted),
        },
    )  # fmt: skip


@cache
def tied() -> NamesTask:
    """00.3: the two operators drawn with nearly the same satisfaction."""
    truth = load_sample("mobile").codebook.truth
    index = {name: row[TARGET] for name, row in truth["index"]["operator"].items()}
    order = sorted(index, key=index.__getitem__)
    right = frozenset(truth["tie"]["operators"])
    third = next(name for name in reversed(order[:2]) if name not in right)
    return NamesTask(
        right=right, said="ex_00_3",
        mistakes={
            "best_and_worst": (frozenset({order[0], order[-1]}),),
            "overlap": tuple(frozenset({third, name}) for name in right),
            "one_of_two": tuple(frozenset({name}) for name in index),
        },
        known={word: name for name, words in truth["labels"]["operator"].items() for word in (name, *words.values())},
    )  # fmt: skip


@cache
def improve_first() -> NamesTask:
    """00.4: the driver with the largest planted total effect on satisfaction, for the operator that is last."""
    truth = load_sample("mobile").codebook.truth
    model = second_mobile().model
    paths = np.zeros((len(model.names),) * 2)
    for row in truth["paths"]:
        paths[model.names.index(row["source"]), model.names.index(row["target"])] = row["path"]
    total = np.linalg.inv(np.eye(len(paths)) - paths) - np.eye(len(paths))
    effect = dict(zip(model.names, total[:, model.names.index(TARGET)], strict=True))
    drivers = [name for name in model.names if effect[name] > 0]
    index = truth["index"]["operator"][truth["improved"]["operator"]]
    after = [name for name in model.names if effect[name] == 0 and name != TARGET]
    return NamesTask(
        right=frozenset({max(drivers, key=effect.__getitem__)}), said="ex_00_4",
        mistakes={
            "lowest_index": (frozenset({min(drivers, key=index.__getitem__)}),),
            "target_itself": (frozenset({TARGET}),),
            "comes_after": tuple(frozenset({name}) for name in after),
        },
        known={word: one.name for one in model.constructs for word in (one.name, *one.text.values())},
    )  # fmt: skip


EXERCISES = (left_out, margin, tied, improve_first)
OWN = OwnTask("ex_00_5")  # 00.5: the student's own export
