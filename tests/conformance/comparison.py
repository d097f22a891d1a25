"""Our engine and handlers beside the reference, case by case, with a count of every intended difference."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from queueit.url_normalization import normalize_url
from tests.conformance.case_generator import Case, CaseGenerator, Group, describe
from tests.conformance.intended_differences import INTENDED_DIFFERENCES, Question, adjusted, normalizable
from tests.conformance.oracle import Oracle
from tests.conformance.outcome import Outcome, compile_group, enc, expected_outcome, our_outcome

SETTINGS: dict[str, Any] = {"url_matching": "as_configured", "ignored_methods": []}
"""Protocol section 2 to the letter; the defaults of these two settings are stricter than the reference."""

MAX_DEFECTS_SHOWN = 5
RAW_OR_NORMALIZED = "raw or normalized"


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
    if answer["matched"] is None:
        return "no match"
    if not answer["redirect"]:
        issued = any(cookie[1] for cookie in answer["cookies"])
        return f"{answer['action']}: pass{' with cookie' if issued else ''}"
    path = answer["redirect"].partition("?")[0]
    if answer["action"] == "Cancel":
        return "Cancel: redirect"
    return (
        f"Queue: error {path.partition('/error/')[2].strip('/')}"
        if "/error/" in path
        else "Queue: to the queue"
    )


class Comparison:
    """Compares groups of cases with a running oracle and keeps the score."""

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle
        self.cases = 0
        self.normalized_urls = 0
        self.differences: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.defects: list[str] = []

    def _ask(self, group: Group, question: Question) -> dict[str, Any]:
        asked = (question.event, question.now, question.options)
        (answer,) = self._oracle.answers(question.config, group.customer_id, group.secret_key, [asked])
        # The page's script decodes the reference's header value, so ours has to be encoded as it is.
        assert answer["ajax_redirect"] == enc(answer["redirect"] or "")
        return answer

    def _expected(
        self, group: Group, case: Case, options: dict[str, Any], without: str = ""
    ) -> tuple[Outcome, list[str]]:
        """What the reference does under all intended differences but `without`, and which of them may show."""
        asked = Question(group.config, case.event, options, case.now, group.secret_key, None, [], [])
        matching, names = adjusted(asked, without, matching=True)
        answer = self._ask(group, matching)
        place = answer["matched"]
        if place is None:
            return expected_outcome(answer, case), names
        matched = matching.config["Integrations"][place]
        deciding, more = adjusted(
            matching._replace(options={"matched": place}, matched=matched), without, matching=False
        )
        answer = self._ask(group, deciding)
        for rewrite in deciding.rewrites:
            rewrite(answer)
        outcome = expected_outcome(answer, case)
        for reshape in deciding.reshapes:
            outcome = reshape(outcome)
        return outcome, names + more

    def verdict(self, group: Group, case: Case, settings: dict[str, Any] | None = None) -> Verdict:
        """Compare one case; `settings` are those of our snapshot, else SETTINGS."""
        settings = SETTINGS if settings is None else settings
        either = settings.get("url_matching") == "raw_or_normalized"
        options = {"raw_or_normalized": True} if either else {}
        (answer,) = self._oracle.answers(
            group.config, group.customer_id, group.secret_key, [(case.event, case.now, {})]
        )
        expected, names = self._expected(group, case, options)
        differences = []
        if expected != expected_outcome(answer, case):
            differences = [
                name for name in names if self._expected(group, case, options, name)[0] != expected
            ]
            if either and self._expected(group, case, {})[0] != expected:
                differences.append(RAW_OR_NORMALIZED)
        ours = our_outcome(compile_group(group, settings), case)
        return Verdict(ours, expected, tuple(differences), kind_of(answer))

    def compare(self, groups: Iterable[Group], settings: dict[str, Any] | None = None) -> None:
        """Compare every case of `groups`."""
        for group in groups:
            for case in group.cases:
                verdict = self.verdict(group, case, settings)
                self.cases += 1
                self.kinds[verdict.kind] += 1
                self.differences.update(verdict.differences)
                if verdict.is_defect:
                    self.defects.append(
                        f"ours:      {verdict.ours}\nexpected:  {verdict.expected}\n"
                        f"applying:  {', '.join(verdict.differences) or 'nothing'}\ncase:      {describe(group, case)}"
                    )

    def compare_normalization(self, urls: list[str]) -> None:
        """Compare the normalized form of each URL."""
        raw = self._oracle.normalized(urls)
        meant = self._oracle.normalized(list(map(normalizable, urls)))
        for url, unadjusted, expected in zip(urls, raw, meant, strict=True):
            self.normalized_urls += 1
            if unadjusted != expected:
                self.differences["normalization never fails"] += 1
            ours = normalize_url(url)
            if ours != expected:
                self.defects.append(f"ours:      {ours!r}\nexpected:  {expected!r}\nnormalized URL: {url!r}")

    def report(self) -> str:
        """Counts by name, then the defects."""
        known = [difference.name for difference in INTENDED_DIFFERENCES] + [RAW_OR_NORMALIZED]
        lines = [f"{self.cases} cases and {self.normalized_urls} normalized URLs compared with the reference"]
        lines += [f"  {count:6}  {kind}" for kind, count in self.kinds.most_common()]
        lines.append("intended differences")
        lines += [f"  {self.differences[name]:6}  {name}" for name in known if self.differences[name]]
        lines.append(f"defects: {len(self.defects)}")
        lines += [defect + "\n" for defect in self.defects[:MAX_DEFECTS_SHOWN]]
        return "\n".join(lines)


def run(oracle: Oracle, cases: int, seed: int) -> Comparison:
    """Compare `cases` cases made from `seed` as configured, a quarter as many raw or normalized, and URLs."""
    comparison = Comparison(oracle)
    generator = CaseGenerator(seed)
    comparison.compare(generator.groups(cases - cases // 5))
    comparison.compare(generator.groups(cases // 5), {**SETTINGS, "url_matching": "raw_or_normalized"})
    comparison.compare_normalization([generator.url() for _ in range(cases)])
    return comparison
