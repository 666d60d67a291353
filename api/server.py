"""The gRPC server: our services, health, reflection, limits, and a calm end."""

from dataclasses import dataclass
from typing import Any, Final

import grpc
from grpc_health.v1 import _async as health_async
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from api.agreement_service import AgreementService
from api.case_service import CaseService
from api.contact_service import ContactService
from api.guard import Guard
from api.interceptor import Doorkeeper
from api.limitation_service import LimitationService
from api.listening import NotSafe, Tls, require_safe
from api.payment_link_service import PaymentLinkService
from api.payment_queue_service import PaymentQueueService
from api.person_service import PersonService
from api.query_service import QueryService
from api.report_service import ReportService
from api.services import Services
from api.statement_service import StatementService
from api.strategy_service import StrategyService
from api.tracing import Tracing
from application.access import Access
from protos.escalera import v1 as pb

MESSAGE_BYTES_MAX: Final = 8 * 1024 * 1024
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
    )
    for service in module.DESCRIPTOR.services_by_name.values()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Where and how to listen.

    address:           host:port; port 0 takes a free one.
    traces:            make a span for each call (somebody has set up where they go).
    message_bytes_max: larger messages are refused with RESOURCE_EXHAUSTED.
    streams_max:       calls under way at once on one connection.
    access:            who is let in; None: whoever can reach the address, which must be this machine only.
    tls:               how connections are encrypted; with a `client_ca`, clients show certificates
    systems_address:   and do so here; where it is empty, at `address`.
    behind_proxy:      somebody else ends TLS: the address may be reached from elsewhere without.
    """

    address: str = "127.0.0.1:50051"
    traces: bool = False
    message_bytes_max: int = MESSAGE_BYTES_MAX
    streams_max: int = 1_000
    access: Access | None = None
    tls: Tls | None = None
    systems_address: str = ""
    behind_proxy: bool = False

    def require_safe(self) -> None:
        """Raise `NotSafe` where these settings would let somebody in whom nobody has asked for."""
        asks_who = self.access is not None
        require_safe(self.address, asks_who=asks_who, tls=self.tls, behind_proxy=self.behind_proxy)
        if self.systems_address and not (asks_who and self.tls and self.tls.client_ca):
            raise NotSafe(
                "ESCALERA_GRPC_SYSTEMS_ADDRESS is for client certificates: it needs ESCALERA_TLS_CLIENT_CA_FILE, TLS,"
                " and ESCALERA_ACCESS_FILE"
            )

    def options(self) -> list[tuple[str, Any]]:
        """Return these settings, and how connections are kept alive, as gRPC wants them."""
        return [
            ("grpc.max_receive_message_length", self.message_bytes_max),
            ("grpc.max_send_message_length", 4 * self.message_bytes_max),
            ("grpc.max_concurrent_streams", self.streams_max),
            # A connection that is still there answers within 20 seconds; one that is not frees what it held.
            ("grpc.keepalive_time_ms", 60_000),
            ("grpc.keepalive_timeout_ms", 20_000),
            ("grpc.keepalive_permit_without_calls", 1),
            ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
            ("grpc.http2.max_ping_strikes", 0),
            ("grpc.so_reuseport", 0),
        ]


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
    server = grpc.aio.server(interceptors=[Doorkeeper(Tracing(on=settings.traces), guard)], options=settings.options())
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
    health = health_async.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health, server)
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
