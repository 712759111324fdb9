public import ProgramKit

/// What a server listens on.
public enum ListenSource: Hashable, Sendable {
    /// An address that it opens itself.
    case address(ListenAddress)
    /// Sockets that systemd listens on for it.
    case sockets(ActivatedSockets)
}
