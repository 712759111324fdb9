/// How a NAR is cut into the parts of a multipart upload.
struct PartPlan: Equatable {
    /// The size of every part but the last, in bytes.
    let partSize: Int

    /// The smallest size of a part, in bytes.
    static let minimumPartSize = 10 << 20
    /// The largest size of a part that S3 takes, in bytes.
    static let maximumPartSize = 5 << 30
    /// The largest number of parts that S3 takes.
    static let maximumPartCount = 10_000
    /// How many more addresses are asked for at a time.
    static let requestedParts = 100
    /// The parts that a NAR of any size is meant to have at most, which leaves room for data that grows when compressed.
    private static let intendedParts: UInt64 = 9_000
    private static let granularity: UInt64 = 16 << 20

    /// Chooses the size of the parts.
    ///
    /// - Parameter narSize: The size of the NAR in bytes before compression; 0 when it is not known.
    init(narSize: UInt64) {
        let share = narSize / Self.intendedParts + (narSize % Self.intendedParts == 0 ? 0 : 1)
        guard share > UInt64(Self.minimumPartSize) else {
            partSize = Self.minimumPartSize
            return
        }
        let steps = share / Self.granularity + (share % Self.granularity == 0 ? 0 : 1)
        let (size, overflow) = steps.multipliedReportingOverflow(by: Self.granularity)
        partSize = overflow || size > UInt64(Self.maximumPartSize) ? Self.maximumPartSize : Int(size)
    }

    /// How many addresses to ask for when part `number` is the first without one; 0 when there may be no such part.
    static func partsToRequest(from number: Int) -> Int {
        max(0, min(requestedParts, maximumPartCount - number + 1))
    }
}
