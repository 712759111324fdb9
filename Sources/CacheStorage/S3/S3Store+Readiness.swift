public import CacheCore
import S3Kit

extension S3Store {
    /// Asks the service once whether it lists the bucket to us, for at most ten seconds.
    public func check() async throws(ObjectStoreError) {
        _ = try await serviceTime()
    }

    /// The time on the service's clock, cut to whole seconds; `nil` where it does not say it.
    public func serviceTime() async throws(ObjectStoreError) -> Timestamp? {
        do throws(S3Error) {
            return try await client.probe().map { Timestamp($0) }
        } catch {
            throw failure(error)
        }
    }

    /// How far the service's clock is ahead of another one, such as the database's.
    ///
    /// However long the answers take, this is never more than the clocks are apart: URLs dated by the other clock are
    /// refused too early or too late by the service when it is large.
    ///
    /// - Parameter clock: reads the other clock; it is read just before and just after the service is asked.
    /// - Returns: negative when the service's clock is behind; zero where it may be right, or does not tell its time.
    /// - Throws: ``ObjectStoreError`` when the service does not answer, and what reading the other clock throws.
    public func clockOffset(comparedTo clock: () async throws -> Timestamp) async throws -> Duration {
        let before = try await clock()
        guard let time = try await serviceTime() else { return .zero }
        return Self.offset(of: time, before: before, after: try await clock())
    }

    /// The least that a clock which says whole seconds can be ahead of another one.
    ///
    /// - Parameters:
    ///   - time: what it said, cut to whole seconds.
    ///   - before: what the other clock said before.
    ///   - after: what the other clock said afterwards.
    static func offset(of time: Timestamp, before: Timestamp, after: Timestamp) -> Duration {
        if time > after { return time - after }
        let latest = time + .seconds(1)
        return latest < before ? latest - before : .zero
    }

    /// Whether the bucket keeps what is deleted, or still has what it kept: then deleting frees no space unless a
    /// lifecycle rule of the bucket removes versions that are not current (`NoncurrentVersionExpiration`).
    public func keepsDeletedObjects() async throws(ObjectStoreError) -> Bool {
        do throws(S3Error) {
            return try await client.versioning() != .off
        } catch {
            throw failure(error)
        }
    }
}
