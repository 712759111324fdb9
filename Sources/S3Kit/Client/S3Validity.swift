#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The time in which a request may take effect. The service itself refuses the request afterwards, however long it
/// was on its way.
///
/// Such a request is signed in its query with `X-Amz-Expires`; its tries all bear the same date.
public struct S3Validity: Hashable, Sendable {
    /// From when on the request is good. It is cut to whole seconds, and never corrected by a service's clock.
    public let start: Date

    /// For how long it is good, in whole seconds, 1 second … 7 days.
    public let lifetime: Duration

    /// Makes a span of time.
    ///
    /// - Parameters:
    ///   - start: from when on the request is good.
    ///   - lifetime: for how long.
    public init(start: Date, lifetime: Duration) {
        self.start = SigningDate(start).date
        self.lifetime = lifetime
    }

    /// After this the request is refused.
    public var end: Date {
        start.addingTimeInterval(Double(lifetime.components.seconds))
    }
}
