"""The gRPC server: our services, health, reflection, limits, and a calm end."""

from typing import Any, Final

import grpc
from grpc_health.v1 import _async as health_async
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from api.agreement_service import AgreementService
from api.audit_service import AuditService
from api.case_service import CaseService
from api.contact_service import ContactService
from api.guard import Guard
from api.interceptor import Doorkeeper
from api.limitation_service import LimitationService
from api.listening import ServerSettings
from api.payment_link_service import PaymentLinkService
from api.payment_queue_service import PaymentQueueService
from api.person_service import PersonService
from api.query_service import QueryService
from api.report_service import ReportService
from api.services import Services
from api.statement_service import StatementService
from api.strategy_service import StrategyService
from api.tracing import Tracing
from protos.escalera import v1 as pb

__all__ = ["SERVICES", "ApiServer", "ServerSettings", "build_server"]

SERVICES: Final = tuple(
    service.full_name
    for module in (
        pb.case_service_pb2,
        pb.person_service_pb2,
        pb.query_service_pb2,
        pb.strategy_service_pb2,
        pb.report_service_pb2,
        pb.contact_service_pb2,
        pb.agreement_service_pb2,
        pb.payment_link_service_pb2,
        pb.payment_queue_service_pb2,
        pb.statement_service_pb2,
        pb.limitation_service_pb2,
        pb.audit_service_pb2,
    )
    for service in module.DESCRIPTOR.services_by_name.values()
)


class ApiServer:
    """A server that listens from `start` until it has been drained."""

    def __init__(self, server: grpc.aio.Server, health: Any, port: int, systems_port: int = 0) -> None:
        self.server = server
        self.port = port
        self.systems_port = systems_port
        self._health = health

    async def start(self) -> None:
        """Begin to answer; health says SERVING from then on."""
        await self.server.start()
        for name in ("", *SERVICES):
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)

    async def drain(self, grace_seconds: float = 10.0) -> None:
        """Say NOT_SERVING, take no new calls, and give those under way `grace_seconds` to end."""
        await self._health.enter_graceful_shutdown()
        await self.server.stop(grace_seconds)

    async def serve(self) -> None:
        """Return when the server has ended."""
        await self.server.wait_for_termination()


def build_server(services: Services, settings: ServerSettings) -> ApiServer:
    """Return a server bound to its addresses, not yet started; raise `RuntimeError` when one is taken, or `NotSafe`."""
    settings.require_safe()
    guard = None if settings.access is None else Guard(settings.access)
    doorkeeper = Doorkeeper(Tracing(on=settings.traces), guard, settings.limits)
    server = grpc.aio.server(interceptors=[doorkeeper], options=settings.options())
    pb.add_CaseServiceServicer_to_server(CaseService(services), server)
    pb.add_PersonServiceServicer_to_server(PersonService(services), server)
    pb.add_QueryServiceServicer_to_server(QueryService(services), server)
    pb.add_StrategyServiceServicer_to_server(StrategyService(services), server)
    pb.add_ReportServiceServicer_to_server(ReportService(services), server)
    pb.add_ContactServiceServicer_to_server(ContactService(services), server)
    pb.add_AgreementServiceServicer_to_server(AgreementService(services), server)
    pb.add_StatementServiceServicer_to_server(StatementService(services), server)
    pb.add_LimitationServiceServicer_to_server(LimitationService(services), server)
    pb.add_PaymentLinkServiceServicer_to_server(PaymentLinkService(services), server)
    pb.add_PaymentQueueServiceServicer_to_server(PaymentQueueService(services), server)
    pb.add_AuditServiceServicer_to_server(AuditService(services), server)
    health = health_async.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health, server)
    if settings.reflects():
        names = (*SERVICES, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, server)
    port, systems_port = _listen(server, settings)
    return ApiServer(server, health, port, systems_port)


def _listen(server: grpc.aio.Server, settings: ServerSettings) -> tuple[int, int]:
    """Bind the addresses; return the ports, 0 where there is none for systems."""
    tls = settings.tls
    if tls is None:
        return server.add_insecure_port(settings.address), 0
    apart = bool(settings.systems_address)
    port = server.add_secure_port(settings.address, tls.credentials(clients=bool(tls.client_ca) and not apart))
    return port, server.add_secure_port(settings.systems_address, tls.credentials(clients=True)) if apart else 0
