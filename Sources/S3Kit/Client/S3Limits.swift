/// What S3 allows.
///
/// Source: Amazon S3 user guide, "Amazon S3 multipart upload limits" and "Naming Amazon S3 objects".
public enum S3Limits {
    /// The longest key, in bytes of UTF-8.
    public static let maximumKeyLength = 1024

    /// How many parts a multipart upload may have; also the largest number of a part.
    public static let maximumParts = 10_000

    /// The smallest part, in bytes, save the last one.
    public static let minimumPartSize: Int64 = 5 << 20

    /// The largest part, and the largest object that is put at once, in bytes.
    public static let maximumPartSize: Int64 = 5 << 30

    /// How many objects one batch may delete, and how many a page of a listing may show.
    public static let maximumBatch = 1000
}
