/// How many parts a NAR is expected to need.
public enum MultipartPlan {
    /// How many part URLs a create answers with; a client asks for more when it runs out.
    ///
    /// A fifth more than the parts of the uncompressed NAR, 2 at least and 100 at most; 10 when the size is unknown.
    /// - Parameter narSize: the size in bytes before compression.
    public static func initialPartCount(narSize: Int64?) -> Int {
        guard let size = narSize, size > 0 else { return 10 }
        let parts = (size - 1) / UploadSettings.partSize + 1
        return Int(min(100, max(2, parts + parts / 5)))
    }

    /// The largest number of a part.
    public static let maximumPartNumber = 10_000
    /// How many URLs are given at once.
    public static let maximumPartsPerRequest = 1000
}
