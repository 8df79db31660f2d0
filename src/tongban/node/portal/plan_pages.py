"""The plan register: what both plans call for, the services that carry it out, and whether they work."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongban.node.casework import catalogue
from tongban.node.programme.plans import Plan, plans
from tongban.node.programme.register import ItemState, Progress, Register, register


@dataclass(frozen=True)
class PlanSection:
    """One plan with those of its items that the reader asked for."""

    plan: Plan
    items: tuple[ItemState, ...]


def _sections(register: Register, plan: str, progress: str) -> tuple[PlanSection, ...]:
    shown = [
        state
        for state in register.items
        if plan in {"", state.item.plan.code} and progress in {"", state.progress}
    ]
    sections = (
        PlanSection(one, tuple(state for state in shown if state.item.plan.code == code))
        for code, one in plans().items()
    )
    return tuple(section for section in sections if section.items)


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """Every item of both plans; `?plan=D` and `?progress=works` narrow the list."""
    known = register(catalogue.service_root())
    chosen_plan = request.GET.get("plan", "")
    chosen_progress = request.GET.get("progress", "")
    context = {
        "sections": _sections(known, chosen_plan, chosen_progress),
        "plans": tuple(plans().values()),
        "progresses": [(progress, known.count(progress)) for progress in reversed(Progress)],
        "items": len(known.items),
        "items_with_service": sum(state.working > 0 for state in known.items),
        "services": len(known.services),
        "works": known.count(Progress.WORKS),
        "chosen_plan": chosen_plan,
        "chosen_progress": chosen_progress,
    }
    return render(request, "portal/plan.html", context)


@require_safe
def plan_item(request: HttpRequest, number: str) -> HttpResponse:
    """One item: its aim, who leads, its figures, what has changed since, and its services."""
    state = next(
        (state for state in register(catalogue.service_root()).items if state.item.number == number), None
    )
    if state is None:
        raise Http404(number)
    return render(request, "portal/plan_item.html", {"state": state, "item": state.item})
