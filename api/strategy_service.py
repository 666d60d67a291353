"""The ladders that cases can be pinned to."""

from api.calls import Context
from api.services import Services
from api.translate_strategy import strategy_out
from domain.case.words import StrategyPin
from protos.escalera import v1 as pb


class StrategyService(pb.StrategyServiceServicer):
    """Ladders as data."""

    def __init__(self, services: Services) -> None:
        self._shelf = services.shelf

    async def _list(self, request: pb.ListStrategiesRequest, context: Context) -> pb.ListStrategiesResponse:
        return pb.ListStrategiesResponse(strategies=[strategy_out(strategy) for strategy in self._shelf.all()])

    async def _get(self, request: pb.GetStrategyRequest, context: Context) -> pb.Strategy:
        name, version = request.strategy.name, request.strategy.version
        pin = StrategyPin(name=name, version=version)
        return strategy_out(self._shelf.get(pin) if version else self._shelf.latest(name))

    ListStrategies = _list
    GetStrategy = _get
