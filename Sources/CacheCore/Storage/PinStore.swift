/// What pins ask of the store that also is a ``MetadataStore``. Each method is one transaction.
public protocol PinStore: Sendable {
    /// Gives a closure a name, which may have been another's.
    ///
    /// The closure is kept from being expired until the pin is there. Of the closures that had the name before, those that
    /// had it last are kept with it, as many as it says; a pin that has ended is as if it had never been.
    /// - Returns: the pin; nil when there is no such closure.
    func setPin(_ pin: NewPin) async throws(CacheError) -> Pin?

    /// Takes a name away.
    /// - Returns: whether there was one that had not ended.
    func removePin(_ name: PinName) async throws(CacheError) -> Bool

    /// The pin of a name; nil when there is none or it has ended.
    func pin(_ name: PinName) async throws(CacheError) -> Pin?

    /// Pins that have not ended, in byte order of their names.
    /// - Parameters:
    ///   - after: only names after this one.
    ///   - limit: at most so many.
    func pins(after: String, limit: Int) async throws(CacheError) -> [Pin]
}
