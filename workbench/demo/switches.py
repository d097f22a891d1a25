"""What the buttons of the control room do in the demo: features, faults, and an operator's actions."""

import secrets
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from workbench.control_room.app import Switch

if TYPE_CHECKING:
    from workbench.demo.system import Demo
    from workbench.demo.table_gate import Trouble

SWITCHES: Final = (
    Switch(
        "request-bodies",
        "Request bodies",
        "The edge sees request bodies, and a trigger queues every POST whose body holds step=pay.",
    ),
    Switch(
        "verify",
        "Verify action",
        "Each page asks a service whether the visitor's queue id has been used more than 5 times.",
    ),
    Switch(
        "direct-pass",
        "Direct pass",
        "A service is asked first, and lets everybody from this machine in without waiting.",
    ),
    Switch(
        "no-enqueue-tokens",
        "No enqueue tokens",
        "Visitors go to the waiting room without a token, and it takes them without one.",
    ),
    Switch(
        "fail-closed",
        "Fail closed",
        "Workers without a snapshot answer 503 instead of letting visitors pass. Deploys another edge.",
    ),
    Switch("slow-table", "Slow table", "Each read of DynamoDB takes half a second."),
    Switch(
        "table-gone",
        "Table gone",
        "DynamoDB refuses connections: warm workers decide by the snapshot they have.",
    ),
    Switch(
        "throttled-cold-start",
        "Throttled cold start",
        "Workers start cold, and DynamoDB throttles the first reads of each.",
    ),
    Switch(
        "cold-workers", "Cold workers", "Ends the workers that are idle: the next requests start cold.", False
    ),
    Switch(
        "rotation",
        "Rotate the key",
        "Takes the next of three steps: announce the next secret key, let the platform use it, forget the old one.",
        False,
    ),
    Switch("kill", "Kill switch", "Every request passes without queueing."),
    Switch("freeze", "Freeze", "What is in force stays, whatever is published."),
)

_TROUBLES: "Final[dict[str, Trouble]]" = {
    "slow-table": "slow",
    "table-gone": "gone",
    "throttled-cold-start": "busy at cold starts",
}
_OPERATOR: Final = {"actor": "demo", "reason": "pressed in the control room"}
_BODY_INTEGRATION: Final = "Payments, by their body"
_USAGE_LIMIT: Final = 5


class Switches:
    """Turns the switches of one demo on and off, one at a time."""

    def __init__(self, demo: "Demo") -> None:
        self._demo = demo
        self._lock = threading.Lock()
        self._on: set[str] = set()
        # The old key and the next one while a rotation is under way, and which of its three steps was taken last.
        self._keys: list[str] = []
        self._keys_step = 0
        self._actions: Mapping[str, Callable[[bool], str]] = {
            "request-bodies": self._request_bodies,
            "verify": self._verify,
            "direct-pass": self._direct_pass,
            "no-enqueue-tokens": self._no_enqueue_tokens,
            "fail-closed": self._fail_closed,
            "cold-workers": self._cold_workers,
            "rotation": self._rotation,
            "kill": self._kill,
            "freeze": self._freeze,
        }

    def is_on(self) -> list[str]:
        """The names of the switches that are on."""
        state = self._demo.activity.state() if self._demo.activity else {}
        operator = {"kill": "killed", "freeze": "frozen"}
        trouble = self._demo.table_gate.trouble
        on = self._on | {name for name, what in _TROUBLES.items() if what == trouble}
        on |= {name for name, what in operator.items() if state.get(what)}
        return [one.name for one in SWITCHES if one.name in on]

    def press(self, name: str, on: bool) -> str:
        """Turn a switch on or off; returns what that did, in words. Raises RuntimeError when it cannot be done."""
        switch = next(one for one in SWITCHES if one.name == name)
        with self._lock:
            said = self._trouble(name, on) if name in _TROUBLES else self._actions[name](on)
            if switch.lasting and name not in ("kill", "freeze", *_TROUBLES):
                (self._on.add if on else self._on.discard)(name)
        if self._demo.activity:
            if name in ("kill", "freeze"):
                self._demo.activity.read()
            self._demo.activity.announce(
                f"{switch.title}{'' if not switch.lasting else ' on' if on else ' off'}", said
            )
            self._demo.stream.publish({"type": "switches", "on": self.is_on()}, keep=False)
        return said

    def _request_bodies(self, on: bool) -> str:
        demo = self._demo
        trigger = {
            "LogicalOperator": "And",
            "TriggerParts": [
                {
                    "ValidatorType": "RequestBodyValidator",
                    "Operator": "Contains",
                    "ValueToCompare": "step=pay",
                    "IsIgnoreCase": True,
                    "IsNegative": False,
                }
            ],
        }

        def change(integrations: list[dict[str, Any]]) -> list[dict[str, Any]]:
            kept = [one for one in integrations if one.get("Name") != _BODY_INTEGRATION]
            if not on:
                return kept
            queue = next((one for one in kept if one.get("ActionType") == "Queue"), {})
            return [*kept, {**queue, "Name": _BODY_INTEGRATION, "Triggers": [trigger]}]

        demo.replace_edge(include_body=on)
        demo.change_settings(include_body=on)
        self._publish(change)
        return "try: curl -si -d step=pay " + demo.shop_url if on else "the edge does not see request bodies"

    def _verify(self, on: bool) -> str:
        url = f"{self._demo.waiting_room_url}/services/verify"
        self._demo.change_settings(verify={"url": url} if on else None)
        fields = {"VerifyQueueIdEnabled": on, "QueueIdUsageLimit": _USAGE_LIMIT if on else None}
        self._publish(
            lambda integrations: [
                {**one, **fields} if one.get("ActionType") == "Queue" else one for one in integrations
            ]
        )
        return f"a queue id is good for {_USAGE_LIMIT} pages" if on else "queue ids are not verified"

    def _direct_pass(self, on: bool) -> str:
        url = f"{self._demo.waiting_room_url}/services/directpass"
        self._demo.waiting_room.services.behave("answers", ["127.0.0.1"] if on else [])
        self._demo.change_settings(direct_pass={"url": url} if on else None)
        return "visitors from 127.0.0.1 do not wait" if on else "everybody waits"

    def _no_enqueue_tokens(self, on: bool) -> str:
        from workbench.demo.sample_configuration import EVENT_ID

        self._demo.waiting_room.lines.require_token(EVENT_ID, not on)
        self._demo.change_settings(enqueue_token={"enabled": not on})
        return "the waiting room needs no token" if on else "the waiting room needs a token"

    def _fail_closed(self, on: bool) -> str:
        self._demo.replace_edge(fail_closed=on)
        return "it shows when the table is gone and workers start cold"

    def _trouble(self, name: str, on: bool) -> str:
        gate = self._demo.table_gate
        gate.make_trouble(_TROUBLES[name] if on else "none")
        if name == "throttled-cold-start" and on:
            return self._cold_workers(True)
        return f"the table is {gate.trouble}" if on else "the table answers"

    def _cold_workers(self, _on: bool) -> str:
        self._demo.edge.recycle_workers()
        return "the next requests start cold"

    def _rotation(self, _on: bool) -> str:
        demo = self._demo
        if not self._keys:
            self._keys = [
                demo.waiting_room.account.secret_key,
                f"demo-secret-key-that-protects-nothing-{secrets.token_hex(32)}",
            ]
        old, new = self._keys
        self._keys_step += 1
        if self._keys_step == 1:
            demo.store_secret_keys(old, next_secret_key=new)
            said = "step 1 of 3: the next key is announced; go on when every worker has it"
        elif self._keys_step == 2:
            demo.waiting_room.rotate_secret_key(new)
            demo.store_secret_keys(new, previous_secret_key=old)
            said = "step 2 of 3: the platform signs with the new key, the old one is still accepted"
        else:
            demo.store_secret_keys(new)
            self._keys, self._keys_step = [], 0
            said = "step 3 of 3: the old key is forgotten, and the sessions that it signed end"
        demo.refresh()
        return said

    def _kill(self, on: bool) -> str:
        self._demo.refresh({"action": "kill" if on else "enable", **_OPERATOR})
        return f"each worker {'lets every request pass' if on else 'queues again'} from its next poll on"

    def _freeze(self, on: bool) -> str:
        self._demo.refresh({"action": "freeze" if on else "unfreeze", **_OPERATOR})
        return "publications are not taken" if on else "publications are taken again"

    def _publish(self, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
        """Publish the present configuration with its integrations changed."""
        demo = self._demo
        document = demo.waiting_room.publication.current()
        demo.publish({**document, "Integrations": change(document["Integrations"])})
        demo.refresh()
