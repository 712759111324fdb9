/// How the clocks that uploads rely on compare: the server's, the database's and the object store's.
public struct ClockReport: Hashable, Sendable {
    /// How far the database's clock is ahead of the server's; nil when it was not measured.
    public var database: ClockOffset?
    /// How far the object store's clock is ahead of the server's; nil when it was not measured.
    public var objectStore: ClockOffset?

    /// Makes a report.
    public init(database: ClockOffset? = nil, objectStore: ClockOffset? = nil) {
        self.database = database
        self.objectStore = objectStore
    }

    /// How far two of the clocks may be apart.
    ///
    /// URLs and the server's own writes are dated by the database and expire by the object store; a busy period outlasts
    /// them by more than this.
    public static let tolerance = Duration.seconds(15)

    /// What is wrong, in one sentence that names the clock to set; nil when nothing certainly is.
    public var problem: String? {
        let between = database.flatMap { database in objectStore.map { $0 - database } }
        let isDatabaseOff = Self.isOff(database)
        let isObjectStoreOff = Self.isOff(objectStore)
        if isDatabaseOff, isObjectStoreOff, !Self.isOff(between), let database {
            return Self.sentence("this server's", database.negated, from: "those of the database and the object store")
        }
        if isDatabaseOff, let database {
            let other = objectStore == nil || isObjectStoreOff ? "this server's" : "that of the others"
            return Self.sentence("the database's", database, from: other)
        }
        if isObjectStoreOff, let objectStore {
            return Self.sentence(
                "the object store's", objectStore, from: database == nil ? "this server's" : "that of the others")
        }
        if let between, Self.isOff(between) {
            return Self.sentence("the object store's", between, from: "the database's")
        }
        return nil
    }

    private static func isOff(_ offset: ClockOffset?) -> Bool {
        offset.map { $0.certainDistance > tolerance } ?? false
    }

    private static func sentence(_ clock: String, _ offset: ClockOffset, from other: String) -> String {
        let direction = offset.least > .zero ? "ahead of" : "behind"
        let seconds = offset.certainDistance.components.seconds
        return "\(clock) clock is \(seconds) s \(direction) \(other), more than the \(tolerance.components.seconds) s "
            + "that uploads can bear; set it by NTP"
    }
}

extension ClockOffset {
    fileprivate var negated: ClockOffset { ClockOffset(least: .zero - most, most: .zero - least) }
}
