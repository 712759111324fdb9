/// What pins ask of the store that also is a ``MetadataStore``. Each method is one transaction.
public protocol PinStore: Sendable {
    /// Gives a closure a name, which may have been another's.
    ///
    /// The closure is kept from being expired until the pin is there.
    /// - Parameters:
    ///   - closure: the key of its top narinfo.
    ///   - storePath: the path of its top.
    /// - Returns: the pin; nil when there is no such closure.
    func setPin(_ name: PinName, closure: String, storePath: String) async throws(CacheError) -> Pin?

    /// Takes a name away.
    /// - Returns: whether there was one.
    func removePin(_ name: PinName) async throws(CacheError) -> Bool

    /// The pin of a name.
    func pin(_ name: PinName) async throws(CacheError) -> Pin?

    /// Pins in byte order of their names.
    /// - Parameters:
    ///   - after: only names after this one.
    ///   - limit: at most so many.
    func pins(after: String, limit: Int) async throws(CacheError) -> [Pin]
}
