"""plan_calendar: who is asked when, and when the report is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from math import ceil
from typing import Any

import numpy as np
import pandas as pd

from csi.data.sampling import check_number
from csi.errors import DataError, OptionError, choose, in_a_line
from csi.language import say

NEW_MONTHS = (1, 3, 6)  # months after the first order at which a new customer is asked; new is up to the last of them
ACTIVE_MONTHS = 3  # a customer with an order in so many months is active
KINDS = ("new_customer", "monthly_sample", "quarterly_survey", "yearly_survey")
EVERY = {"monthly_sample": 1, "quarterly_survey": 3, "yearly_survey": 12}
FRAMES = {"monthly_sample": "active_3_months", "quarterly_survey": "active_3_months", "yearly_survey": "all_customers"}
CUSTOMER_COLUMNS = ("customer", "first_order", "last_order")


def plan_calendar(
    start: str | date,
    *,
    months: int = 12,
    kinds: Iterable[str] = KINDS,
    monthly_share: float | Mapping[str, float] = 0.1,
    field_days: int = 14,
    report_days: int = 10,
    holidays: Iterable[str | date] = (),
    workdays: Iterable[str | date] = (),
    customers: pd.DataFrame | None = None,
    seed: int = 1,
) -> pd.DataFrame:
    """Calendar of surveys: new customers, monthly samples, quarterly and yearly surveys, and their reports; dates.

    Use it to turn a rule such as "new customers after one, three and six months, every month a sample of those with an
    order in the last three months, a report within ten working days" into dates, and into lists of customers.

    Parameters
    ----------
    start : first survey date, "2026-01-05" or a date; the others follow in steps of a month
    months : number of months
    kinds : which surveys: "new_customer" (one, three and six months after the first order; a customer is new for six
        months), "monthly_sample", "quarterly_survey" (every third month), "yearly_survey" (every twelfth month)
    monthly_share : share of the active customers in a monthly sample, above 0 and up to 1; or customer class -> share,
        to ask more of the important ones, {"A": 1.0, "C": 0.1}: then weight by 1 / share, see `csi.plan_sample`
    field_days : days from the survey date until it closes
    report_days : working days from then until the report is due
    holidays : days on which nobody works, besides Saturdays and Sundays
    workdays : Saturdays and Sundays on which people work (调休)
    customers : table with the columns customer (an identifier, each once), first_order and last_order (dates; missing
        for a potential customer, who is not asked), and stratum (class) for shares by class; then the calendar lists
        people
    seed : seed of the monthly samples drawn from `customers`

    Returns
    -------
    DataFrame
        Without `customers` one row per survey: date, kind (new_month_1, new_month_3, new_month_6, monthly_sample,
        quarterly_survey, yearly_survey), frame (who can be drawn), share of the frame, closes, report_due, meaning (the
        kind in the current language). With `customers` one row per person to ask: date, kind, customer, share (the
        chance to be asked), closes, report_due, meaning. With shares by class also stratum, "" for surveys of all
        classes. Nothing is estimated here.

    Raises
    ------
    OptionError
        `not_a_date`, `unknown_option`, `plan_number`.
    DataError
        `customers_columns`, `customers_twice`, `customers_not_dates`, `customers_order`, `customers_stratum`.

    Notes
    -----
    In a month with a wider survey the narrower ones are left out, so that nobody is asked twice: the yearly survey
    stands for the quarterly one, both for the monthly sample; new customers are asked in any case, and then only as
    such. A month after 31 January is 28 or 29 February. The first working day after closing counts as day one. Active
    means an order in the three months up to the survey date; orders yet to come are not known, so draw each month anew.

    Examples
    --------
    >>> import csi
    >>> calendar = csi.plan_calendar("2026-01-05", months=3, kinds=["monthly_sample", "quarterly_survey"])
    >>> calendar[["date", "kind", "report_due"]].astype(str).to_numpy().tolist()[1:]
    [['2026-02-05', 'monthly_sample', '2026-03-05'], ['2026-03-05', 'quarterly_survey', '2026-04-02']]

    """
    first = _day("start", start)
    check_number("months", months, 1, 600, whole=True)
    by_class = isinstance(monthly_share, Mapping)
    shares = {str(name): share for name, share in monthly_share.items()} if by_class else {"": monthly_share}
    for share in shares.values() or [None]:
        check_number("monthly_share", share, 0, 1, open_low=True)
    check_number("field_days", field_days, 0, 3660, whole=True)
    check_number("report_days", report_days, 0, 3660, whole=True)
    chosen = [choose("kinds", kind, KINDS) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    free = {_day("holidays", day) for day in holidays}
    busy = {_day("workdays", day) for day in workdays}
    rows = []
    for month in range(int(months)):
        day = add_months(first, month)
        closes = day + timedelta(days=int(field_days))
        due = add_working_days(closes, int(report_days), free, busy)
        for kind, frame, share, stratum in _surveys(month, chosen, shares):
            rows.append((day, kind, frame, stratum, share, closes, due))
    calendar = pd.DataFrame(rows, columns=["date", "kind", "frame", "stratum", "share", "closes", "report_due"])
    if customers is not None:
        calendar = _people(calendar, _customers(customers, list(shares) if by_class else None), seed)
    if not by_class:
        calendar = calendar.drop(columns="stratum")
    for column in ("date", "closes", "report_due"):
        calendar[column] = pd.to_datetime(calendar[column])
    return calendar.assign(meaning=[say(f"terms.{kind}") for kind in calendar["kind"]])


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month.

    Examples
    --------
    >>> from datetime import date
    >>> from csi.data.survey_calendar import add_months
    >>> str(add_months(date(2026, 1, 31), 1)), str(add_months(date(2026, 11, 15), 3))
    ('2026-02-28', '2027-02-15')

    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    after = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (after - timedelta(days=1)).day))


def add_working_days(day: date, days: int, holidays: Iterable[date] = (), workdays: Iterable[date] = ()) -> date:
    """The working day that comes `days` working days after `day`, whether `day` is one or not.

    Examples
    --------
    >>> from datetime import date
    >>> from csi.data.survey_calendar import add_working_days
    >>> str(add_working_days(date(2026, 9, 30), 1, [date(2026, 10, 1), date(2026, 10, 2)]))
    '2026-10-05'

    """
    free, busy = set(holidays), set(workdays)
    left = days
    while left > 0:
        day += timedelta(days=1)
        left -= day in busy or (day.weekday() < 5 and day not in free)
    return day


def _surveys(month: int, kinds: list[str], shares: Mapping[str, float]) -> list[tuple[str, str, float, str]]:
    """Kind, frame, share and class of the surveys of one month."""
    found = []
    if "new_customer" in kinds:
        found += [(f"new_month_{k}", f"first_order_{k}", 1.0, "") for k in NEW_MONTHS]
    due = [kind for kind in EVERY if kind in kinds and (month + 1) % EVERY[kind] == 0]
    if due and due[-1] == "monthly_sample":
        found += [("monthly_sample", FRAMES["monthly_sample"], share, name) for name, share in shares.items()]
    elif due:
        found.append((due[-1], FRAMES[due[-1]], 1.0, ""))
    return found


def _day(option: str, value: Any) -> date:
    try:
        moment = pd.Timestamp(value)
    except (TypeError, ValueError):
        raise OptionError("not_a_date", option=option, value=in_a_line(value)) from None
    if pd.isna(moment) or isinstance(value, int | float | bool):
        raise OptionError("not_a_date", option=option, value=in_a_line(value))
    return moment.date()


def _customers(table: Any, classes: list[str] | None) -> pd.DataFrame:
    """customer, first_order, last_order and stratum of those who have ordered, as dates and texts."""
    columns = list(getattr(table, "columns", ()))
    lacking = [name for name in (*CUSTOMER_COLUMNS, *(["stratum"] if classes else [])) if name not in columns]
    if lacking:
        raise DataError("customers_columns", columns=lacking, choices=[str(name) for name in columns] or ["-"])
    frame = pd.DataFrame({"customer": list(table["customer"])})
    frame["stratum"] = [str(name) for name in table["stratum"]] if classes else ""
    strange = sorted(set(frame["stratum"]) - set(classes or [""]))
    if strange:
        raise DataError("customers_stratum", classes=strange, choices=classes)
    twice = int(frame["customer"].duplicated().sum())
    if twice:
        raise DataError("customers_twice", count=twice)
    for name in CUSTOMER_COLUMNS[1:]:
        cells = pd.Series(list(table[name]), dtype=object)
        read = pd.to_datetime(cells, errors="coerce", format="mixed")
        wrong = cells[read.isna() & cells.notna()]
        if len(wrong):
            raise DataError("customers_not_dates", column=name, count=len(wrong), value=str(wrong.iloc[0]))
        frame[name] = read
    frame = frame[frame["first_order"].notna()]
    last = frame["last_order"].fillna(frame["first_order"])
    wrong = int((last < frame["first_order"]).sum())
    if wrong:
        raise DataError("customers_order", count=wrong)
    return frame.assign(last_order=last).reset_index(drop=True)


def _people(calendar: pd.DataFrame, customers: pd.DataFrame, seed: int) -> pd.DataFrame:
    """One row per survey and person to ask, in the order of the customers."""
    names = customers["customer"].tolist()
    begun = [moment.date() for moment in customers["first_order"]]
    last = [moment.date() for moment in customers["last_order"]]
    due = {k: [add_months(day, k) for day in begun] for k in NEW_MONTHS}
    stratum = customers["stratum"].tolist()
    rows = []
    first = calendar["date"].min() if len(calendar) else None
    for place, (day, month) in enumerate(calendar.groupby("date", sort=False)):
        before, recent = (
            add_months(first, place - 1),
            add_months(day, -ACTIVE_MONTHS),
        )  # with new customers: every month
        asked: set[int] = set()
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(day.toordinal(),)))
        for survey in month.to_dict("records"):
            kind = survey["kind"]
            if kind.startswith("new_month_"):
                ages = due[int(kind.rpartition("_")[2])]
                who = [i for i, one in enumerate(ages) if before < one <= day]
            elif survey["frame"] == "all_customers":
                who = [i for i, one in enumerate(begun) if one <= day]
            else:
                who = [i for i, one in enumerate(last) if recent < one <= day and begun[i] <= day]
            who = [i for i in who if i not in asked]
            if kind == "monthly_sample":
                who = [i for i in who if stratum[i] == survey["stratum"]]
                size = ceil(survey["share"] * len(who) - 1e-9)
                who = sorted(rng.choice(who, size=size, replace=False).tolist()) if who else []
            asked |= set(who)
            dates = (survey["closes"], survey["report_due"])
            rows += [(day, kind, names[i], survey["stratum"], survey["share"], *dates) for i in who]
    return pd.DataFrame(rows, columns=["date", "kind", "customer", "stratum", "share", "closes", "report_due"])
