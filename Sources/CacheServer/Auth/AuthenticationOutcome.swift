/// What one way to find out who makes a request has found.
public enum AuthenticationOutcome: Hashable, Sendable {
    /// There is no credential of this kind, or none that this way knows: the next way is asked.
    case absent
    /// Somebody who is known.
    case accepted(Principal)
    /// There is a credential of this kind, and it does not count. The next way is asked, but the log will say why.
    case refused(AuthenticationRefusal)
}
