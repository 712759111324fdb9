import CacheCore
import Synchronization

/// A niks3 server with its storage, in memory: as new or as old as a test wants it, and as faulty.
final class FakeCache: Sendable {
    struct Abilities {
        /// Whether it has `/api/pushes`, and says so.
        var hasPushes = true
        /// Whether it says it has them, though it may not.
        var saysPushes = true
        /// Whether it publishes narinfos itself.
        var publishes = true
        var maximumNarSize: Int64?
        /// From this size on, NARs get multipart uploads.
        var multipartSize: Int64 = 10 << 20
        /// How many part addresses it gives at first.
        var firstParts = 2
    }

    struct State {
        /// What lies in the storage.
        var objects: [String: [UInt8]] = [:]
        /// The headers that objects were stored with.
        var headers: [String: [String: String]] = [:]
        /// The parts of multipart uploads, by the id of the upload.
        var parts: [String: [Int: [UInt8]]] = [:]
        /// The lines of all requests in order, without queries.
        var log: [String] = []
        var creates: [CreateUploadRequest] = []
        var signs: [SignRequest] = []
        /// The NARs that were said to be there, by requests.
        var reports: [[String]] = []
        var pending: [String: [UploadObject]] = [:]
        var counts: [String: Int] = [:]
        /// Where it listens; 0 before the first push.
        var port = 0
    }

    let abilities: Abilities
    let state = Mutex(State())
    /// Answers in place of the cache; it is given the request and how often this line was seen, from 1.
    private let fault: @Sendable (FakeServer.Request, Int) -> FakeServer.Response?

    init(
        _ abilities: Abilities = Abilities(),
        fault: @escaping @Sendable (FakeServer.Request, Int) -> FakeServer.Response? = { _, _ in nil }
    ) {
        self.abilities = abilities
        self.fault = fault
    }

    var objects: [String: [UInt8]] { state.withLock { $0.objects } }
    var log: [String] { state.withLock { $0.log } }

    func answer(_ request: FakeServer.Request, _ url: String) -> FakeServer.Response {
        let count = state.withLock { state in
            state.log.append(request.line)
            state.counts[request.line, default: 0] += 1
            return state.counts[request.line, default: 0]
        }
        if let response = fault(request, count) { return response }
        do {
            return try respond(to: request, url)
        } catch {
            return FakeServer.Response(500, text: "\(error)")
        }
    }

    private func respond(to request: FakeServer.Request, _ url: String) throws -> FakeServer.Response {
        let parts = request.path.split(separator: "/").map(String.init)
        switch (request.method, parts.first, parts.dropFirst().first) {
        case ("GET", "api", "cache-config"):
            let configuration = CacheConfiguration(
                substituterURL: "", publicKeys: [], maximumNarSize: abilities.maximumNarSize,
                pushes: abilities.saysPushes)
            return FakeServer.Response(200, body: try configuration.encoded())
        case ("PUT", "store", _):
            return store(request, key: parts.dropFirst().joined(separator: "/"))
        case ("HEAD", "api", "objects"):
            let key = parts.dropFirst(2).joined(separator: "/")
            return FakeServer.Response(objects[key] == nil ? 404 : 204)
        case ("POST", "api", "objects") where parts.last == "uploaded":
            let keys = try UploadedRequest.decode(request.body).keys
            state.withLock { $0.reports.append(keys) }
            return FakeServer.Response(200, body: try UploadedResponse(registered: keys).encoded())
        case ("POST", "api", "objects"):
            let keys = try PresentRequest.decode(request.body).keys
            let present = keys.filter { objects[$0] != nil }
            return FakeServer.Response(200, body: try PresentResponse(present: present).encoded())
        case ("POST", "api", "pushes") where !abilities.hasPushes:
            return FakeServer.Response(405, text: "Method Not Allowed")
        case ("POST", "api", "pushes"), ("POST", "api", "pending_closures"):
            return try upload(
                request, step: parts.count > 3 ? parts[3] : "create", id: parts.count > 2 ? parts[2] : "", url)
        case ("POST", "api", "uploads"):
            return FakeServer.Response(204)
        case ("POST", "api", "multipart"):
            return try multipart(request, step: parts[2], url)
        default:
            return FakeServer.Response(404, text: "404 page not found")
        }
    }

    private func store(_ request: FakeServer.Request, key: String) -> FakeServer.Response {
        func value(_ name: String) -> Substring? {
            request.query.split(separator: "&").first { $0.hasPrefix(name + "=") }?.dropFirst(name.count + 1)
        }
        return state.withLock { state in
            if let number = value("part").flatMap({ Int($0) }), let upload = value("upload") {
                state.parts[String(upload), default: [:]][number] = request.body
                return FakeServer.Response(200, headers: [("ETag", "\"etag-\(number)\"")])
            }
            state.objects[key] = request.body
            state.headers[key] = request.headers
            return FakeServer.Response(200)
        }
    }

    private func upload(
        _ request: FakeServer.Request, step: String, id: String, _ url: String
    ) throws -> FakeServer.Response {
        switch step {
        case "create":
            let create = try CreateUploadRequest.decode(request.body)
            let response = state.withLock { state in
                state.creates.append(create)
                let id = "\(state.creates.count)"
                let missing = create.objects.filter { state.objects[$0.key] == nil }
                state.pending[id] = missing
                for object in missing where object.type == .nar { state.parts["\(object.key)-\(id)"] = [:] }
                return CreateUploadResponse(
                    id: id, startedAt: Timestamp(microseconds: 0),
                    pendingObjects: Dictionary(
                        missing.map { ($0.key, place(for: $0, in: id, url)) }, uniquingKeysWith: { first, _ in first }))
            }
            return FakeServer.Response(200, body: try response.encoded())
        case "sign":
            let sign = try SignRequest.decode(request.body)
            state.withLock { $0.signs.append(sign) }
            let answer = SignResponse(
                signatures: sign.narinfos.mapValues { _ in [FakeCache.signature] },
                publishedByServer: abilities.publishes ? true : nil)
            return FakeServer.Response(200, body: try answer.encoded())
        case "complete":
            return state.withLock { state in
                guard let objects = state.pending[id] else { return FakeServer.Response(404) }
                let sign = state.signs.last
                if abilities.publishes {
                    for key in sign?.narinfos.keys ?? [:].keys { state.objects[key] = [1] }
                    for (key, text) in sign?.realisations ?? [:] { state.objects[key] = Array(text.utf8) }
                }
                let missing = objects.map(\.key).filter { state.objects[$0] == nil }
                guard missing.isEmpty else {
                    return FakeServer.Response(409, text: #"{"missing":["\#(missing.joined(separator: "\",\""))"]}"#)
                }
                return FakeServer.Response(204)
            }
        default:
            return FakeServer.Response(404)
        }
    }

    private func place(for object: UploadObject, in id: String, _ url: String) -> PendingObject {
        let address = "\(url)/store/\(object.key)?X-Amz-Signature=secret"
        guard object.type == .nar, object.narSize ?? 0 >= abilities.multipartSize else {
            return PendingObject(type: object.type, presignedURL: address)
        }
        return PendingObject(
            type: .nar,
            multipart: MultipartInfo(
                uploadID: "\(object.key)-\(id)",
                partURLs: (1...abilities.firstParts).map { "\(address)&upload=\(object.key)-\(id)&part=\($0)" }))
    }

    private func multipart(_ request: FakeServer.Request, step: String, _ url: String) throws -> FakeServer.Response {
        switch step {
        case "request-parts":
            let parts = try PartsRequest.decode(request.body)
            guard state.withLock({ $0.parts[parts.uploadID] }) != nil else { return FakeServer.Response(404) }
            let numbers = parts.startPartNumber..<(parts.startPartNumber + parts.partCount)
            let answer = PartsResponse(
                partURLs: numbers.map { "\(url)/store/\(parts.objectKey)?part=\($0)&upload=\(parts.uploadID)" },
                startPartNumber: parts.startPartNumber)
            return FakeServer.Response(200, body: try answer.encoded())
        default:
            let complete = try CompleteMultipartRequest.decode(request.body)
            return state.withLock { state in
                guard let parts = state.parts[complete.uploadID] else { return FakeServer.Response(404) }
                let numbers = complete.parts.map(\.partNumber)
                guard numbers == parts.keys.sorted(), complete.parts.map(\.etag) == numbers.map({ "\"etag-\($0)\"" })
                else { return FakeServer.Response(400, text: "parts \(numbers)") }
                state.objects[complete.objectKey] = numbers.flatMap { parts[$0] ?? [] }
                return FakeServer.Response(204)
            }
        }
    }

    /// A signature of a key named `test-1`, which signs nothing.
    static let signature = "test-1:" + String(repeating: "A", count: 86) + "=="
}
