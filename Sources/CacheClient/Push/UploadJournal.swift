internal import CacheCore
internal import NarKit

/// What a multipart upload has sent, in a file, so that a push which is done again goes on there.
///
/// One JSON object a line: how the upload was begun, then each part that arrived. A journal is an aid and no more: what
/// cannot be read or written is done without, and a part is only believed when its bytes are those of the new push.
final class UploadJournal: Sendable {
    /// How an upload was begun: with the same compression, the same NAR has the same parts.
    struct Start: Codable, Equatable, Sendable {
        var server: String
        var key: String
        var uploadID: String
        var partSize: Int
        var compression: NarCompression
    }

    /// A part that arrived.
    struct Part: Codable, Equatable, Sendable {
        var number: Int
        var etag: String
        /// The hash of its bytes.
        var hash: NixHash

        private enum CodingKeys: CodingKey {
            case number, etag, hash
        }

        init(number: Int, etag: String, hash: NixHash) {
            (self.number, self.etag, self.hash) = (number, etag, hash)
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            number = try container.decode(Int.self, forKey: .number)
            etag = try container.decode(String.self, forKey: .etag)
            hash = try NixHash(parsing: try container.decode(String.self, forKey: .hash))
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(number, forKey: .number)
            try container.encode(etag, forKey: .etag)
            try container.encode(hash.description, forKey: .hash)
        }
    }

    /// The upload of an interrupted push, and what it had sent, by part number.
    let earlier: (start: Start, parts: [Int: Part])?
    private let file: JournalFile

    private init(file: JournalFile, earlier: (start: Start, parts: [Int: Part])?) {
        self.file = file
        self.earlier = earlier
    }

    /// Opens the journal of a NAR.
    ///
    /// - Parameters:
    ///   - directory: Where journals are kept; it is made where it is missing.
    ///   - server: The server.
    ///   - key: The NAR.
    /// - Returns: The journal; nil when another push of this NAR has it, or there can be none.
    static func open(in directory: String, server: ServerURL, key: String) async -> UploadJournal? {
        await BlockingWork.run {
            let name = NixHash.sha256(of: Array("\(server)\n\(key)".utf8)).nix32
            guard let file = JournalFile(directory: directory, name: name) else { return nil }
            let lines = file.lines()
            guard let first = lines.first, let start = JournalLine.decode(Start.self, from: first),
                start.server == server.description, start.key == key
            else { return UploadJournal(file: file, earlier: nil) }
            // The last line may be torn: the push was killed while it wrote.
            let parts = lines.dropFirst().compactMap { JournalLine.decode(Part.self, from: $0) }
            return UploadJournal(
                file: file,
                earlier: (start, Dictionary(parts.map { ($0.number, $0) }, uniquingKeysWith: { $1 })))
        }
    }

    /// Forgets what was, and takes note of a new upload.
    func begin(_ start: Start) async {
        guard let line = JournalLine.encode(start) else { return }
        await BlockingWork.run { [file] in
            file.truncate()
            file.append(line)
        }
    }

    /// Takes note of a part that has arrived.
    func add(_ part: Part) async {
        guard let line = JournalLine.encode(part) else { return }
        await BlockingWork.run { [file] in file.append(line) }
    }

    /// Removes the journal of an upload that is complete.
    func remove() async {
        await BlockingWork.run { [file] in file.remove() }
    }

    /// Removes journals whose uploads the server has long given up.
    static func tidy(directory: String) async {
        await BlockingWork.run { JournalFile.removeOld(in: directory) }
    }
}
