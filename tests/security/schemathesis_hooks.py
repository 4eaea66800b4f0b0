"""The rules of the API that JSON Schema cannot say, so that schemathesis keeps to them where it means to send valid data: they
compare two fields, or need the clock, or what is stored, or are about an address. What breaks them has tests of its own."""

from datetime import date, datetime, timedelta, timezone

import schemathesis

FORECAST_GROUPS_MAX = 25


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if isinstance(case.query, dict):
        mend_query(case.query)
    if isinstance(case.body, dict):
        mend_body(case.body)
        if case.method == "PATCH" and case.path.startswith("/api/v1/notification-channels/"):
            for field in ("url", "signingSecret", "smtp", "password"):
                case.body.pop(field, None)


def mend_query(query):
    """A cursor is one that a list gave out, a period ends after it begins, and forecasts are made for few groups."""
    query.pop("cursor", None)
    start, end = query.get("from"), query.get("to")
    if isinstance(start, str) and isinstance(end, str):
        query["to"] = later(start)
    if query.get("forecast") == "true" and isinstance(query.get("limit"), int):
        query["limit"] = min(query["limit"], FORECAST_GROUPS_MAX)


def mend_body(body):
    """A proposal expires in the future, months of history are over, mail servers are not inside, and a team names what is there."""
    if isinstance(body.get("expiresAt"), str):
        tomorrow = datetime.now(timezone.utc) + timedelta(days=1)
        body["expiresAt"] = tomorrow.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if isinstance(body.get("months"), list):
        last = date.today().replace(day=1) - timedelta(days=1)
        body["months"] = [last.strftime("%Y-%m")]
    for named in ("members", "grants"):
        if isinstance(body.get(named), list):
            body[named] = []
    if isinstance(body.get("smtp"), dict) and "host" in body["smtp"]:
        body["smtp"]["host"] = "mail.example.com"


def later(text):
    """The day after, or the hour after; what is neither stays."""
    for form, step, written in (
        ("%Y-%m-%d", timedelta(days=1), "%Y-%m-%d"),
        ("%Y-%m-%dT%H:%M:%S.%fZ", timedelta(hours=1), "%Y-%m-%dT%H:%M:%S.000Z"),
        ("%Y-%m-%dT%H:%M:%SZ", timedelta(hours=1), "%Y-%m-%dT%H:%M:%S.000Z"),
    ):
        try:
            return (datetime.strptime(text, form) + step).strftime(written)
        except (ValueError, OverflowError):
            continue
    return text
