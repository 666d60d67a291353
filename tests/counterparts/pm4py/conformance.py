"""Run in an environment of its own, with pm4py: reads our files and says which cases left the stage model.

    python conformance.py ocel FILE
    python conformance.py xes FILE

Prints JSON. The stage model is drawn here once more, as a Petri net: a place for each level and one for closed cases.
"""

import contextlib
import json
import sys
import warnings
from typing import Any

warnings.filterwarnings("ignore")
with contextlib.redirect_stdout(sys.stderr):  # it greets
    import pm4py  # type: ignore[import-not-found]  # it lives in another environment
    from pm4py.objects.petri_net.obj import Marking, PetriNet  # type: ignore[import-not-found]
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to  # type: ignore[import-not-found]

LEVELS = ("PRE_DUE", "SOFT", "NEGOTIATION", "PRE_LEGAL", "LEGAL")
MOVES = ("StageEntered", "CaseClosed", "CaseReopened")


def stage_model() -> tuple[Any, Any, Any]:
    """Return the net: a gate leads one level up at most or down, a hand anywhere, an end from anywhere and back."""
    net = PetriNet("stages")
    places = {name: PetriNet.Place(name) for name in (*LEVELS, "CLOSED", "end")}
    for place in places.values():
        net.places.add(place)

    def lead(before: str, after: str, label: str | None) -> None:
        transition = PetriNet.Transition(f"{before}>{after}:{label}", label)
        net.transitions.add(transition)
        add_arc_from_to(places[before], transition, net)
        add_arc_from_to(transition, places[after], net)

    for number, before in enumerate(LEVELS):
        for other, after in enumerate(LEVELS):
            if other <= number + 1:
                lead(before, after, after)
            lead(before, after, f"{after} by hand")
        lead(before, "CLOSED", "CLOSED")
        lead("CLOSED", before, f"{before} reopened")
        lead(before, "end", None)
    lead("CLOSED", "end", None)
    return net, Marking({places["PRE_DUE"]: 1}), Marking({places["end"]: 1})


def label(row: Any) -> str:
    if row["concept:name"] == "CaseReopened":
        return f"{row['stage']} reopened"
    return f"{row['stage']} by hand" if row["by_hand"] is True else str(row["stage"])


def left_the_model(events: Any) -> list[str]:
    """Return the cases whose moves no run of the net explains."""
    moves = events[events["concept:name"].isin(MOVES)].copy()
    moves["concept:name"] = moves.apply(label, axis=1)
    found = []
    for case, trace in moves.groupby("case:concept:name"):
        aligned = pm4py.conformance_diagnostics_alignments(trace, *stage_model())
        if aligned[0]["fitness"] < 1.0:
            found.append(str(case))
    return sorted(found)


def main(form: str, file: str) -> dict[str, Any]:
    if form == "xes":
        events, log = pm4py.read_xes(file), None
    else:
        log = pm4py.read_ocel2_json(file)
        events = pm4py.ocel_flattening(log, "case")
    said = {
        "events": len(events),
        "cases": int(events["case:concept:name"].nunique()),
        "activities": {str(name): int(count) for name, count in events["concept:name"].value_counts().items()},
        "attributes": {str(name): str(kind) for name, kind in events.dtypes.items()},
        "left_the_model": left_the_model(events),
    }
    if log is not None:
        objects = log.objects["ocel:type"].value_counts().items()
        said["all_events"] = len(log.events)
        said["objects"] = {str(name): int(count) for name, count in objects}
        said["changes"] = len(log.object_changes)
        said["relations"] = len(log.relations)
        said["between_objects"] = len(log.o2o)
    return said


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        answer = main(*sys.argv[1:])
    print(json.dumps(answer))
