/// A part that has been received whole. It is remembered by the name of a file, which holds the part's bytes unless
/// they are in the upload's content already.
///
/// A name is `part-<number>-<sequence>-<size>-<etag>-<slot size, or 0 for a file of its own>`.
struct StoredPart: Hashable, Sendable {
    /// 1 to 10,000.
    let number: Int

    /// Which of two parts with one number counts: the higher.
    let sequence: Int

    /// In bytes.
    let size: Int64

    let etag: String

    /// Where in the content the part lies, as the size that all parts before it must have; `nil` when its bytes are in
    /// a file of their own.
    let slotSize: Int64?

    static let numbers = 1...10_000

    /// Where the part begins in the content.
    func offset(slotSize: Int64) -> Int64 {
        Int64(number - 1) * slotSize
    }

    var fileName: String {
        "part-\(number)-\(sequence)-\(size)-\(etag)-\(slotSize ?? 0)"
    }

    init(number: Int, sequence: Int, size: Int64, etag: String, slotSize: Int64?) {
        self.number = number
        self.sequence = sequence
        self.size = size
        self.etag = etag
        self.slotSize = slotSize
    }

    init?(fileName: String) {
        let fields = fileName.split(separator: "-", omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0] == "part",
            let number = Int(fields[1]), Self.numbers.contains(number),
            let sequence = Int(fields[2]), let size = Int64(fields[3]), size >= 0,
            let slotSize = Int64(fields[5])
        else { return nil }
        self.init(
            number: number, sequence: sequence, size: size, etag: String(fields[4]),
            slotSize: slotSize > 0 ? slotSize : nil)
    }
}
