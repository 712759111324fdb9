extension NarSummary {
    /// Reads an archive to its end and keeps only what there is to know of it.
    ///
    /// - Parameters:
    ///   - chunks: The bytes of the archive, not compressed.
    ///   - limits: The bounds on depth, names and targets.
    ///   - computesHash: Whether the NAR's SHA-256 hash is computed.
    ///   - buildsListing: Whether the listing is collected.
    /// - Returns: Size, hash and listing; ``compressedSize`` is the size of the archive.
    /// - Throws: ``NarKitError`` with the code `invalidArchive`, or what the sequence throws.
    public static func reading<Chunks: AsyncSequence>(
        _ chunks: Chunks, limits: NarLimits = .init(), computesHash: Bool = true, buildsListing: Bool = true
    ) async throws -> NarSummary where Chunks.Element == [UInt8] {
        var ingest = NarIngest(
            limits: limits, computesHash: computesHash, buildsListing: buildsListing, writer: nil)
        for try await chunk in chunks { try ingest.consume(chunk) }
        return try ingest.finish()
    }
}
