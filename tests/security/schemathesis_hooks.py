"""The rules of the API that JSON Schema cannot say, so that schemathesis keeps to them where it means to send valid data: they
compare two fields, or need the clock, or what is stored, or are about an address. What breaks them has tests of its own."""

import json
import os
import re
from datetime import date, datetime, timedelta, timezone

import schemathesis

# What the run is signed in with, each with another of its kind: who ends his own session or sets his own password anew is
# signed out, and everything after that would be asked by nobody.
KEPT = json.loads(os.environ["SCHEMATHESIS_KEPT"])

FORECAST_GROUPS_MAX = 25


@schemathesis.hook
def before_call(context, case, kwargs):
    for name, value in dict(case.path_parameters or {}).items():
        if value in KEPT:
            case.path_parameters[name] = KEPT[value]
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
    """A cursor is one that a list gave out, a period ends after it begins, forecasts are made for few groups and not of
    tags, and a tag has a name."""
    query.pop("cursor", None)
    start, end = query.get("from"), query.get("to")
    if isinstance(start, str) and isinstance(end, str):
        query["to"] = later(start)
    if query.get("forecast") == "true" and str(query.get("limit")).isdigit():
        query["limit"] = min(int(query["limit"]), FORECAST_GROUPS_MAX)
    if "tag" in query or query.get("group_by") == "tag":
        query.setdefault("tagKey", "team")
    if "tagKey" in query and "forecast" in query:
        query["forecast"] = "false"


def mend_body(body):
    """A proposal expires in the future, months of history are over, mail servers are not inside and speak TLS, a team
    names what is there, a time zone is one, and a finding is not over before it begins."""
    if isinstance(body.get("expiresAt"), str):
        tomorrow = datetime.now(timezone.utc) + timedelta(days=1)
        body["expiresAt"] = tomorrow.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if isinstance(body.get("months"), list):
        last = date.today().replace(day=1) - timedelta(days=1)
        body["months"] = [last.strftime("%Y-%m")]
    for named in ("members", "grants"):
        if isinstance(body.get(named), list):
            body[named] = []
    rule = body.get("rule")
    if isinstance(rule, dict) and "timeZone" in rule:
        rule["timeZone"] = "Europe/Berlin"
    if isinstance(body.get("smtp"), dict) and "host" in body["smtp"]:
        body["smtp"].update(host="mail.example.com", security="tls")
    if isinstance(body.get("startedOn"), str) and "lastSeenOn" in body:
        body["lastSeenOn"] = body["startedOn"]


def later(text):
    """The day after, or the hour after; what is neither stays."""
    # Python knows microseconds at most; an hour later they do not matter.
    text = re.sub(r"\.[0-9]+Z$", "Z", text)
    for form, step, written in (
        ("%Y-%m-%d", timedelta(days=1), "%Y-%m-%d"),
        ("%Y-%m-%dT%H:%M:%SZ", timedelta(hours=1), "%Y-%m-%dT%H:%M:%S.000Z"),
    ):
        try:
            return (datetime.strptime(text, form) + step).strftime(written)
        except (ValueError, OverflowError):
            continue
    return text
