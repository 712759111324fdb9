public import CacheCore
public import S3Kit
import Synchronization

/// An object store in a plain directory, which clients write to with presigned URLs as they do to S3.
///
/// An object is one file, content and attributes; it gets its name only when it is whole and on the device. Its ETag is
/// made of the content's SHA-256. One process at a time uses a directory.
///
///     lock            held by the process that uses the directory
///     objects/        see `ObjectPath`
///     uploads/        multipart uploads under way, a directory each
///     temporary/      what is being written; emptied at start
public final class DirectoryStore: Sendable {
    /// The path that presigned URLs begin with; requests below it go to `receive(_:body:)`.
    public static let pathPrefix = "/.store/"

    /// The region that presigned URLs are signed for. Clients copy it without looking at it.
    static let region = "local"

    let options: DirectoryStoreOptions
    let clock: @Sendable () -> Timestamp
    let signer: SigV4
    let reading: BlockingPool
    let writing: BlockingPool
    let sync: DirectorySync

    let root: String
    let objects: String
    let uploadsDirectory: String
    let temporary: String

    /// All multipart uploads under way, by id. What is not in here does not exist.
    let uploads = Mutex<[String: MultipartUpload]>([:])

    /// Permanent directories, as paths below `objects`, whose names are durable.
    let durableDirectories = Mutex<Set<String>>([])

    private let lock: DirectoryLock

    /// Opens a store; makes its directory if need be, and removes what an earlier process left half done.
    ///
    /// - Parameters:
    ///   - root: the path of the directory, used by this store alone.
    ///   - credentials: the key that URLs are signed with. With another key, URLs given out before are refused.
    ///   - options: sizes and times.
    ///   - clock: the present time, from the clock that leases and grants are dated with.
    /// - Throws: ``ObjectStoreError`` when another process uses the directory, or it cannot be read and written.
    public init(
        root: String, credentials: S3Credentials, options: DirectoryStoreOptions = DirectoryStoreOptions(),
        clock: @escaping @Sendable () -> Timestamp
    ) async throws(ObjectStoreError) {
        self.root = root
        self.objects = "\(root)/objects"
        self.uploadsDirectory = "\(root)/uploads"
        self.temporary = "\(root)/temporary"
        self.options = options
        self.clock = clock
        self.signer = SigV4(credentials: credentials, region: Self.region)
        self.reading = BlockingPool(threads: options.readingThreads)
        let writing = BlockingPool(threads: options.writingThreads)
        self.writing = writing
        self.sync = DirectorySync(pool: writing)

        let (objects, uploads, temporary) = (objects, uploadsDirectory, temporary)
        let (lock, found) = try await writing.run { () throws(ObjectStoreError) in
            try FileTree.makeDirectories(root)
            let lock = try DirectoryLock(path: "\(root)/lock")
            try FileTree.removeTree(temporary)
            for directory in [objects, uploads, temporary] {
                try FileTree.makeDirectories(directory)
            }
            let found = try MultipartUpload.loadAll(from: uploads)
            try FileTree.synchronize(directory: root)
            try FileTree.synchronize(directory: FileTree.parent(of: root))
            return (lock, found)
        }
        self.lock = lock
        self.uploads.withLock { uploads in
            for upload in found { uploads[upload.id] = upload }
        }
    }

    /// A name in the directory of temporary files that nobody else has.
    func temporaryPath() -> String {
        "\(temporary)/\(Self.randomName())"
    }

    /// 128 bits from the system's secure generator, in hex.
    static func randomName() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
