import CacheCore
import Synchronization

/// A multipart upload under way.
///
/// All parts but the last mostly have one size. The first part with a length that suits sets it, and from then on parts
/// are received right where they belong in the file that will be the object, which is then complete without being written
/// twice. Parts that do not fit, or come again, get files of their own and are copied in the end.
///
///     upload      what the upload was begun with
///     content     the object's content, with holes
///     part-…      see `StoredPart`
///     receiving-… a part on its way
final class MultipartUpload: Sendable {
    struct State {
        var parts: [Int: StoredPart] = [:]
        /// The size of every part but the last, once it is known.
        var slotSize: Int64?
        /// The numbers of parts that are being received into the content.
        var busySlots: Set<Int> = []
        /// The largest length of each part that is being received, by a number of the reception.
        var receptions: [Int: (number: Int, size: Int64)] = [:]
        var sequence = 0
        /// How many threads write into the content right now.
        var writers = 0
        /// Set while the upload is being completed, and for ever once it is completed or aborted.
        var isClosed = false
        /// Resumed when nobody writes any more.
        var closer: CheckedContinuation<Void, Never>?
    }

    let id: String
    let key: String
    let contentType: String
    let maximumSize: Int64?
    let initiated: Timestamp

    /// The directory of this upload.
    let directory: String

    let state: Mutex<State>

    init(
        id: String, key: String, contentType: String, maximumSize: Int64?, initiated: Timestamp, directory: String,
        state: sending State = State()
    ) {
        self.id = id
        self.key = key
        self.contentType = contentType
        self.maximumSize = maximumSize
        self.initiated = initiated
        self.directory = directory
        self.state = Mutex(state)
    }

    var contentPath: String { "\(directory)/content" }

    /// Where a part's own file, or the empty file that stands for it, is.
    func path(of part: StoredPart) -> String {
        "\(directory)/\(part.fileName)"
    }

    /// Whether a text could be an upload's id. Nothing else ever reaches the file system.
    static func isID(_ text: String) -> Bool {
        text.utf8.count == 32
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
