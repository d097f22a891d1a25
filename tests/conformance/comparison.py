"""Our engine and handlers beside the reference, case by case, with a count of every intended difference."""

import re
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from edge.cloudfront_event import to_request
from queueit.url_forms import Url, fold_origin, forms, is_resolved
from queueit.url_normalization import normalize_url
from tests.conformance.case_generator import API_KEY, PROXY_KEY, Case, CaseGenerator, Group, describe
from tests.conformance.dimensions import DIMENSIONS, dimensions_of
from tests.conformance.intended_differences import (
    INTENDED_DIFFERENCES,
    Question,
    adjusted,
    effective_token,
    exchange_token,
    last_fields,
    normalizable,
    question,
)
from tests.conformance.oracle import Oracle
from tests.conformance.outcome import (
    DEBUG_COOKIE,
    Outcome,
    compile_group,
    copied,
    direct_pass_body,
    enc,
    expected_outcome,
    our_outcome,
)

SETTINGS: dict[str, Any] = {"url_matching": "as_configured", "own_domain": "as_sent", "preflight": "decide"}
"""Protocol section 2 to the letter; the defaults of these settings are stricter than the reference."""

MAX_DEFECTS_SHOWN = 5
EVERY_FORM = "every form of a URL"
KINDS = (
    "no match", "Queue: to the queue", "Queue: pass", "Queue: pass with cookie", "Queue: error hash",
    "Queue: error eventid", "Queue: error timestamp", "Queue: error ip", "Queue: error qidlimit",
    "Queue: error connector/sessionstate", "Cancel: pass", "Cancel: redirect", "Ignore: pass",
    "diagnostics: error hash", "diagnostics: error timestamp", "asks verify", "asks direct_pass",
    "sets QueueITAccepted", "sets queueitdebug", "sends an enqueue token",
)  # fmt: skip
"""What many cases have to lead to."""


class Verdict(NamedTuple):
    """One case: what we did and what the reference, with its intended differences by name, asks for."""

    ours: Outcome
    expected: Outcome
    differences: tuple[str, ...]
    kind: str

    @property
    def is_defect(self) -> bool:
        """Whether our outcome is not the expected one."""
        return self.ours != self.expected


def kind_of(answer: dict[str, Any]) -> str:
    """What the reference decided, in two or three words."""
    if answer["error"]:
        return "reference failed"
    if answer["redirect"] and answer["action"] not in ("Queue", "Cancel"):
        return f"diagnostics: error {answer['redirect'].rpartition('=')[2]}"
    if answer["matched"] is None:
        return "no match"
    if not answer["redirect"]:
        issued = any(cookie[1] for cookie in answer["cookies"] if cookie[0] != DEBUG_COOKIE)
        return f"{answer['action']}: pass{' with cookie' if issued else ''}"
    path = answer["redirect"].partition("?")[0]
    if answer["action"] == "Cancel":
        return "Cancel: redirect"
    return (
        f"Queue: error {path.partition('/error/')[2].strip('/')}"
        if "/error/" in path
        else "Queue: to the queue"
    )


def _kinds(verdict: Verdict) -> set[str]:
    """What a case led to: the decision, and what is asked, set and sent with it."""
    expected = verdict.expected
    kinds = {verdict.kind, *[f"asks {asked['service']}" for asked in expected.asked]}
    kinds.update([f"sets {re.split('[-=]', cookie)[0]}" for cookie in expected.cookies])
    if "&enqueuetoken=" in expected.headers.get("location", ""):
        kinds.add("sends an enqueue token")
    return kinds


def _defect(verdict: Verdict, case: str) -> str:
    """What differs, field by field, and the case."""
    lines = [f"applying:  {', '.join(verdict.differences) or 'nothing'}"]
    for field in Outcome._fields:
        ours, expected = getattr(verdict.ours, field), getattr(verdict.expected, field)
        if ours != expected:
            lines += [f"{field}, ours:      {ours}", f"{field}, expected:  {expected}"]
    return "\n".join([*lines, f"case:      {case}"])


class _Expectation(NamedTuple):
    """What the reference does under intended differences, and the names of those that may show."""

    outcome: Outcome
    names: list[str]


def _asked(group: Group, case: Case, one: Question) -> dict[str, Any]:
    """A question as oracle.mjs reads it."""
    return {
        "config": one.config,
        "customer_id": group.customer_id,
        "secret_key": group.secret_key,
        "settings": {**one.settings, "api_key": API_KEY, "proxy_key": PROXY_KEY},
        "event": one.event,
        "now_ms": int(one.now * 1000),
        "services": {**one.services, "direct_pass_body": direct_pass_body(case.services)},
        "options": one.options,
    }


def ask(oracle: Oracle, group: Group) -> list[dict[str, Any]]:
    """What the reference does with the cases of a group, none of our differences applied."""
    return oracle.answers([_asked(group, case, question(group, case, {})) for case in group.cases])


def _treated_values(group: Group, form: Url) -> dict[str, list[Any]]:
    """By the place of a URL part, what it compares with in this form where that is not what is configured.

    A value that holds what the form's making decodes, cuts or merges is treated like the form (protocol section 9).
    """
    resolution, treated = form.resolution, {}
    if resolution is None:
        return {}
    for i, integration in enumerate(group.config["Integrations"]):
        for t, trigger in enumerate(integration.get("Triggers") or []):
            for p, part in enumerate(trigger.get("TriggerParts") or []):
                if part.get("ValidatorType") != "UrlValidator" or part.get("UrlPart") not in (
                    "PagePath",
                    "PageUrl",
                ):
                    continue
                fold = fold_origin if part["UrlPart"] == "PageUrl" else str
                single = fold(part.get("ValueToCompare") or "")
                several = list(map(fold, part.get("ValuesToCompare") or []))
                compared = several if part.get("Operator") in ("EqualsAny", "ContainsAny") else [single]
                if any(map(is_resolved, compared)):
                    treated[f"{i}.{t}.{p}"] = [resolution.value(single), list(map(resolution.value, several))]
    return treated


def _forms(group: Group, case: Case) -> list[dict[str, Any]]:
    """The forms of the case's URL, each with what URL parts compare it with."""
    request = to_request(case.event["Records"][0]["cf"]["request"])
    return [{"url": form.text, "values": _treated_values(group, form)} for form in forms(request.url).urls]


class _Exchange(NamedTuple):
    """What the reference was asked, and its answer."""

    question: Question
    answer: dict[str, Any]

    def answers(self, other: Question) -> bool:
        """Whether the reference would answer `other` the same."""
        asked = self.question
        return (
            (asked.options == other.options or other.options == {"matched": self.answer["matched"]})
            and asked.event == other.event
            and asked.settings == other.settings
            and asked.services == other.services
            and asked.config == other.config
        )


class _Reference:
    """The oracle, asked about the cases of one group; it is never asked the same twice."""

    def __init__(self, oracle: Oracle, group: Group) -> None:
        self._oracle = oracle
        self._group = group
        self._exchanges: list[list[_Exchange]] = [[] for _ in group.cases]

    def _known(self, place: int, asked: Question) -> dict[str, Any] | None:
        for exchange in self._exchanges[place]:
            if exchange.answers(asked):
                return exchange.answer
        return None

    def answers(self, asked: dict[int, Question]) -> dict[int, dict[str, Any]]:
        """The answers to questions about the cases at these places; the new ones all in one go."""
        known = {place: self._known(place, one) for place, one in asked.items()}
        unknown = [place for place, answer in known.items() if answer is None]
        if unknown:
            group = self._group
            lines = [_asked(group, group.cases[place], asked[place]) for place in unknown]
            for place, answer in zip(unknown, self._oracle.answers(lines), strict=True):
                # The page's script decodes the reference's header value, so ours has to be encoded as it is.
                assert answer["ajax_redirect"] == enc(answer["redirect"] or "")
                self._exchanges[place].append(_Exchange(asked[place], answer))
                known[place] = answer
        return {place: copied(answer) for place, answer in known.items()}

    def expectations(self, places: list[int], every_form: bool, without: str = "") -> dict[int, _Expectation]:
        """What the reference does in the cases at `places` under all intended differences but `without`."""
        group = self._group
        matching, names = {}, {}
        for place in places:
            case = group.cases[place]
            asked = question(group, case, {"forms": _forms(group, case)} if every_form else {})
            matching[place], names[place] = adjusted(asked, without, matching=True)
        reached = {
            place: [*dict.fromkeys(answer["reached"])] or [None]
            for place, answer in self.answers(matching).items()
        }
        decided: dict[int, list[tuple[dict[str, Any], _Expectation]]] = {place: [] for place in places}
        for nth in range(max(map(len, reached.values()), default=0)):
            some = {place: several[nth] for place, several in reached.items() if nth < len(several)}
            results = self._decided(some, matching, names, without)
            elsewhere = {
                place: adjusted(matching[place], without, matching=True)[0]
                for place, (answer, _) in results.items()
                if "/error/eventid/" in (answer["redirect"] or "")
                and self._is_for_another(matching[place], reached[place])
            }
            for asked in elsewhere.values():
                exchange_token(asked, effective_token(asked.request), "")
            again = {place: some[place] for place in elsewhere}
            results |= self._decided(again, elsewhere, names, without)
            for place, result in results.items():
                decided[place].append(result)
        return {place: _combined(several) for place, several in decided.items()}

    @staticmethod
    def _is_for_another(asked: Question, reached: list[int | None]) -> bool:
        """Whether the token is for a room of any Queue integration that the request reaches (protocol section 9)."""
        room = last_fields(effective_token(asked.request)).get("e", "")
        several = [asked.config["Integrations"][place] for place in reached if place is not None]
        return any(
            room == (one.get("EventId") or "") or room in (one.get("InvolvedWaitingRoomIds") or [])
            for one in several
            if one.get("ActionType") == "Queue"
        )

    def _decided(
        self,
        matched: dict[int, int | None],
        asked: dict[int, Question],
        names: dict[int, list[str]],
        without: str,
    ) -> dict[int, tuple[dict[str, Any], _Expectation]]:
        """What the reference does in the cases at these places with the integration given for each."""
        group = self._group
        deciding, showing = {}, {}
        for place, integration in matched.items():
            one = asked[place]
            document = None if integration is None else one.config["Integrations"][integration]
            one = one._replace(options={"matched": integration}, matched=document)
            deciding[place], more = adjusted(one, without, matching=False)
            showing[place] = [*names[place], *more]
        results = {}
        for place, answer in self.answers(deciding).items():
            one = deciding[place]
            for rewrite in one.rewrites:
                before = copied(answer)
                rewrite(answer)
                if answer != before:
                    showing[place].append(one.owners[rewrite])
            outcome = expected_outcome(answer, group, group.cases[place])
            for reshape in one.reshapes:
                reshaped = reshape(outcome)
                if reshaped != outcome:
                    showing[place].append(one.owners[reshape])
                outcome = reshaped
            results[place] = (answer, _Expectation(outcome, [*dict.fromkeys(showing[place])]))
        return results


def _combined(several: list[tuple[dict[str, Any], _Expectation]]) -> _Expectation:
    """What follows from decisions on each form: the first redirect, else a pass (protocol section 9)."""

    def rank(one: tuple[dict[str, Any], _Expectation]) -> int:
        answer, expectation = one
        if answer["redirect"]:
            return 0
        return 1 if answer["action"] == "Queue" else 2 if expectation.outcome.matched is not None else 3

    names = [*dict.fromkeys([name for _, expectation in several for name in expectation.names])]
    return _Expectation(min(several, key=rank)[1].outcome, names)


class Score:
    """Counts by name, and the defects."""

    def __init__(self) -> None:
        self.cases = 0
        self.normalized_urls = 0
        self.differences: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.dimensions: Counter[str] = Counter()
        self.defects: list[str] = []

    def add(self, other: "Score") -> None:
        """Take in the score of another share of the work."""
        self.cases += other.cases
        self.normalized_urls += other.normalized_urls
        self.differences.update(other.differences)
        self.kinds.update(other.kinds)
        self.dimensions.update(other.dimensions)
        self.defects += other.defects

    @property
    def unreached(self) -> list[str]:
        """The dimensions that no case reached, and what none led to."""
        reached = self.dimensions + self.kinds
        return [name for name in (*DIMENSIONS, *KINDS) if not reached[name]]

    def report(self) -> str:
        """Counts by name, then the defects."""
        known = [difference.name for difference in INTENDED_DIFFERENCES] + [EVERY_FORM]
        lines = [f"{self.cases} cases and {self.normalized_urls} normalized URLs compared with the reference"]
        lines += [
            f"  {count:6}  {kind}"
            for kind, count in sorted(self.kinds.items(), key=lambda item: (-item[1], item[0]))
        ]
        lines.append(f"dimensions: {len(self.dimensions)} of {len(DIMENSIONS)}")
        lines += [f"  {self.dimensions[name]:6}  {name}" for name in DIMENSIONS]
        lines.append(f"intended differences: {self.differences.total()}")
        lines += [f"  {self.differences[name]:6}  {name}" for name in known if self.differences[name]]
        lines.append(f"defects: {len(self.defects)}")
        lines += [defect + "\n" for defect in self.defects[:MAX_DEFECTS_SHOWN]]
        return "\n".join(lines)


class Comparison:
    """Compares groups of cases with a running oracle and keeps the score."""

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle
        self.score = Score()

    def verdicts(self, group: Group, settings: dict[str, Any] | None = None) -> list[Verdict]:
        """Compare the cases of a group; `settings` are added to the group's own in our snapshot, else SETTINGS."""
        settings = SETTINGS if settings is None else settings
        every_form = settings.get("url_matching") == "every_form"
        snapshot = compile_group(group, settings)
        reference = _Reference(self._oracle, group)
        places = [*range(len(group.cases))]
        answers = reference.answers({place: question(group, group.cases[place], {}) for place in places})
        expectations = reference.expectations(places, every_form)
        verdicts = []
        for place, case in enumerate(group.cases):
            expected, names = expectations[place]
            differences = []
            if expected != expected_outcome(answers[place], group, case):
                for name in names:
                    if reference.expectations([place], every_form, name)[place].outcome != expected:
                        differences.append(name)
                if every_form and reference.expectations([place], False)[place].outcome != expected:
                    differences.append(EVERY_FORM)
            ours = our_outcome(snapshot, case)
            verdicts.append(Verdict(ours, expected, tuple(differences), kind_of(answers[place])))
        return verdicts

    def compare(self, groups: Iterable[Group], settings: dict[str, Any] | None = None) -> None:
        """Compare every case of `groups`."""
        for group in groups:
            for case, verdict in zip(group.cases, self.verdicts(group, settings), strict=True):
                self.score.cases += 1
                self.score.kinds.update(_kinds(verdict))
                self.score.dimensions.update(dimensions_of(group, case, verdict.expected.matched))
                self.score.differences.update(verdict.differences)
                if verdict.is_defect:
                    self.score.defects.append(_defect(verdict, describe(group, case)))

    def compare_normalization(self, urls: list[str]) -> None:
        """Compare the normalized form of each URL."""
        raw = self._oracle.normalized(urls)
        meant = self._oracle.normalized(list(map(normalizable, urls)))
        for url, unadjusted, expected in zip(urls, raw, meant, strict=True):
            self.score.normalized_urls += 1
            if unadjusted != expected:
                self.score.differences["normalization never fails"] += 1
            ours = normalize_url(url)
            if ours != expected:
                self.score.defects.append(
                    f"ours:      {ours!r}\nexpected:  {expected!r}\nnormalized URL: {url!r}"
                )


def _run_share(directory: Path, cases: int, seed: int, worker: int, workers: int) -> Score:
    """One share of `run`: of `workers` groups one, and as many URLs."""
    generator = CaseGenerator(seed)
    with Oracle(directory) as oracle:
        comparison = Comparison(oracle)

        def compare(cases: int, settings: dict[str, Any]) -> None:
            comparison.compare(islice(generator.groups(cases), worker, None, workers), settings)

        compare(cases - cases // 5, SETTINGS)
        compare(cases // 5, {**SETTINGS, "url_matching": "every_form"})
        comparison.compare_normalization([generator.url() for _ in range(cases)][worker::workers])
    return comparison.score


def run(directory: Path, cases: int, seed: int, workers: int) -> Score:
    """Compare `cases` cases made from `seed`, a fifth with every form of the URL, and as many normalized URLs.

    `directory` holds the reference. The cases are the same for any number of workers; several are a process each.
    """
    if workers == 1:
        return _run_share(directory, cases, seed, 0, 1)
    score = Score()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        shares = [
            pool.submit(_run_share, directory, cases, seed, worker, workers) for worker in range(workers)
        ]
        for share in shares:
            score.add(share.result())
    return score
