import CacheCore

/// The body of a request that begins an upload.
enum CreateUploadRequestText {
    static func text(of path: SamplePath) throws -> [UInt8] {
        try CreateUploadRequest(closure: path.narInfoKey, objects: path.closure).encoded()
    }
}
