import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Keeps one connection honest, beneath the routes:
///
/// * answers `Expect: 100-continue` when a route wants the body, not before it has let the request in;
/// * closes the connection of a client that sends its body too slowly;
/// * closes it, after a while that lets the answer arrive, when a request was answered before its body had ended;
/// * tells a route that answers without end when its client is gone;
/// * ends the answer to a `HEAD` of unknown length with its head, where NIO would send an empty chunk;
/// * counts connections and bytes.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Sent down the channel by a route that begins to read the body.
    struct BodyWanted: Sendable {}

    /// Sent down the channel by a route that wants to know when the client is gone.
    struct PresenceWanted: Sendable {
        let presence: ClientPresence
    }

    private let limits: ConnectionLimits
    private let metrics: ConnectionMetrics
    /// A head has come and its end has not.
    private var isReceiving = false
    private var awaitsContinue = false
    private var isClosing = false
    private var isAnswered = false
    /// The answer under way is ``Hummingbird/Response/headOfUnknownLength(_:)``.
    private var isHeadOnly = false
    private var started = NIODeadline.now()
    private var receivedBytes: Int64 = 0
    private var closing: Scheduled<Void>?
    private var presence: ClientPresence?
    private var isGone = false

    init(limits: ConnectionLimits, metrics: ConnectionMetrics) {
        self.limits = limits
        self.metrics = metrics
    }

    func handlerAdded(context: ChannelHandlerContext) {
        metrics.open.increment(by: 1)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let request):
            isReceiving = true
            isAnswered = false
            awaitsContinue = request.headerFields[.expect]?.lowercased() == "100-continue"
            started = .now()
            receivedBytes = 0
        case .body(let bytes):
            receivedBytes += Int64(bytes.readableBytes)
            metrics.received.increment(by: Int64(bytes.readableBytes))
            if NIODeadline.now() - started > TimeAmount(limits.allowedTime(forBytes: receivedBytes)) {
                context.close(promise: nil)
                return
            }
        case .end:
            isReceiving = false
            if isClosing, isAnswered { context.close(promise: nil) }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var data = data
        let part = unwrapOutboundIn(data)
        // The encoder sends nothing for an empty part of a body.
        if isHeadOnly, case .end = part { data = wrapOutboundOut(.body(ByteBuffer())) }
        switch part {
        case .head(var response) where response.status.kind != .informational:
            awaitsContinue = false
            isHeadOnly = response.headerFields[.transferEncoding] != nil
            isClosing = isReceiving
            if isClosing { response.headerFields[.connection] = "close" }
            context.write(wrapOutboundOut(.head(response)), promise: promise)
        case .end where isClosing:
            let written = context.eventLoop.makePromise(of: Void.self)
            written.futureResult.assumeIsolated().whenComplete { _ in
                self.isAnswered = true
                self.closeSoon(context)
            }
            written.futureResult.cascade(to: promise)
            context.writeAndFlush(data, promise: written)
        case .body(let bytes):
            metrics.sent.increment(by: Int64(bytes.readableBytes))
            context.write(data, promise: promise)
        default:
            context.write(data, promise: promise)
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        switch event {
        case is BodyWanted:
            promise?.succeed()
            guard awaitsContinue else { return }
            awaitsContinue = false
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        case let wanted as PresenceWanted:
            promise?.succeed()
            presence = wanted.presence
            if isGone { wanted.presence.end() }
        default:
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Whoever ends his half of the connection does not wait for an answer without end.
        if case ChannelEvent.inputClosed = event { clientIsGone() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        closing?.cancel()
        clientIsGone()
        context.fireChannelInactive()
    }

    private func clientIsGone() {
        isGone = true
        presence?.end()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        metrics.open.decrement(by: 1)
        closing?.cancel()
    }

    /// At once where the body has ended meanwhile. Otherwise later: closing with unread bytes resets the connection,
    /// and the client might never see the answer.
    private func closeSoon(_ context: ChannelHandlerContext) {
        let delay = isReceiving ? TimeAmount(limits.linger) : .zero
        closing = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { context.close(promise: nil) }
    }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}
