public import NarKit

/// What an ``UploadService`` goes by.
public struct UploadSettings: Sendable {
    /// What signs narinfos.
    public var signer: any NarInfoSigning
    /// The store directory of the paths in this cache.
    public var storeDirectory: StoreDirectory
    /// The largest NAR taken, in bytes before compression; nil for no limit.
    public var maximumNarSize: Int64?
    /// Whether NARs up to ``singlePutLimit`` are sent in one PUT. Without it every NAR is a multipart upload.
    public var narSinglePut: Bool
    /// Whether references that are neither here nor declared external are refused.
    public var requireCompleteClosures: Bool
    /// The lengths of time that uploads rely on.
    public var times: LifecycleTimes
    /// How many requests to the object store one call has in flight.
    public var storeConcurrency: Int

    /// The largest NAR that is sent in one PUT, in bytes before compression: 10 MiB.
    public static let singlePutLimit: Int64 = 10 << 20
    /// The part size that clients use for all but the largest NARs: 10 MiB.
    public static let partSize: Int64 = 10 << 20
    /// The largest listing or log taken, in bytes: 128 MiB.
    public static let maximumAttachmentSize: Int64 = 128 << 20
    /// The largest narinfo or realisation taken, in bytes: 4 MiB.
    public static let maximumTextSize: Int64 = 4 << 20

    /// Makes settings.
    public init(
        signer: any NarInfoSigning, storeDirectory: StoreDirectory = .standard, maximumNarSize: Int64? = nil,
        narSinglePut: Bool = true, requireCompleteClosures: Bool = false, times: LifecycleTimes = .standard,
        storeConcurrency: Int = 32
    ) {
        self.signer = signer
        self.storeDirectory = storeDirectory
        self.maximumNarSize = maximumNarSize
        self.narSinglePut = narSinglePut
        self.requireCompleteClosures = requireCompleteClosures
        self.times = times
        self.storeConcurrency = storeConcurrency
    }

    /// The largest body under a NAR's key, in bytes: compressing what cannot be compressed adds a little.
    /// - Parameter narSize: the size before compression; nil or 0 when it is not known.
    /// - Returns: narSize + narSize/128 + 64 KiB; nil when neither the size nor a limit is known.
    public func maximumUploadSize(narSize: Int64?) -> Int64? {
        guard let size = narSize.flatMap({ $0 > 0 ? $0 : nil }) ?? maximumNarSize, size <= .max / 2 else { return nil }
        return size + size / 128 + 64 << 10
    }
}
