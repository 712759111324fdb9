import CacheCore
import FuzzDriver

/// The entry point.
@_cdecl("FuzzAPI_main")
public func main(_ count: CInt, _ arguments: UnsafeMutableRawPointer) -> CInt {
    runFuzzer(count, arguments)
}

/// Reads the input as each body of the API but that of a creation, and as the texts in its paths and queries; what is
/// accepted must be the same after it was written.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAPI(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    stays(bytes, as: SignRequest.self)
    stays(bytes, as: PartsRequest.self)
    stays(bytes, as: CompleteMultipartRequest.self)
    stays(bytes, as: PresentRequest.self)
    stays(bytes, as: SetPinRequest.self)
    stays(bytes, as: UploadCompletedRequest.self)
    stays(bytes, as: UploadedRequest.self)
    stays(bytes, as: UploadsSkippedRequest.self)
    stays(bytes, as: FarmLeadRequest.self)
    stays(bytes, as: CreateUploadResponse.self)
    stays(bytes, as: GCStatusResponse.self)
    stays(bytes, as: CacheConfiguration.self)
    let text = String(decoding: bytes, as: UTF8.self)
    if let key = try? ObjectKey(text) { precondition(key.text == text) }
    if let id = try? UploadID(parsing: text) { precondition((try? UploadID(parsing: "\(id)")) == id) }
    if let name = try? PinName(text) { precondition(name.text == text) }
    _ = try? Duration(goDuration: text)
    _ = try? LifecycleTimes(parsing: text)
    return 0
}

private func stays<Message: APIMessage>(_ bytes: [UInt8], as type: Message.Type) {
    guard let message = try? Message.decode(bytes), let written = try? message.encoded() else { return }
    let again = try? Message.decode(written).encoded()
    precondition(again == written, "\(type) is read as it was written")
}
