import CacheCore
import Testing

@Suite("Messages of the API")
struct APITests {
    private func json(_ message: some APIMessage) throws -> String {
        String(decoding: try message.encoded(), as: UTF8.self)
    }

    @Test("are written as existing clients read them")
    func answers() throws {
        let created = CreateUploadResponse(
            id: "17", startedAt: Timestamp(seconds: 0),
            pendingObjects: [
                "a.ls": PendingObject(type: .listing, presignedURL: "https://h/a.ls?x=1&y=2"),
                "nar/b": PendingObject(type: .nar, multipart: MultipartInfo(uploadID: "m", partURLs: ["u1", "u2"])),
            ])
        #expect(
            try json(created)
                == #"{"id":"17","pending_objects":{"a.ls":{"presigned_url":"https://h/a.ls?x=1&y=2","type":"listing"},"#
                + #""nar/b":{"multipart_info":{"part_urls":["u1","u2"],"upload_id":"m"},"type":"nar"}},"#
                + #""started_at":"1970-01-01T00:00:00Z"}"#)
        #expect(try json(SignResponse(signatures: ["k": []])) == #"{"signatures":{"k":[]}}"#)
        #expect(
            try json(SignResponse(signatures: ["k": ["n:b"]], publishedByServer: true))
                == #"{"published_by_server":true,"signatures":{"k":["n:b"]}}"#)
        #expect(
            try json(PartsResponse(partURLs: ["u"], startPartNumber: 4))
                == #"{"part_urls":["u"],"start_part_number":4}"#)
        #expect(try json(PresentResponse(present: [])) == #"{"present":[]}"#)
        #expect(
            try json(ClosureResponse(id: "k", updatedAt: Timestamp(seconds: 1), objects: ["a"]))
                == #"{"id":"k","objects":["a"],"updated_at":"1970-01-01T00:00:01Z"}"#)
        #expect(try json(CacheStatistics(objects: 2, logicalBytes: 3)) == #"{"logical_bytes":3,"objects":2}"#)
        #expect(
            try json(CacheConfiguration(substituterURL: "", publicKeys: []))
                == #"{"public_keys":[],"pushes":true,"substituter_url":""}"#)
        #expect(
            try json(MissingObjectsResponse(missing: ["a"], error: "e")) == #"{"error":"e","missing":["a"]}"#)
    }

    @Test("are written as existing servers read them")
    func requests() throws {
        let objects = [UploadObject(key: "nar/x", type: .nar, narSize: 5), UploadObject(key: "l", type: .buildLog)]
        #expect(
            try json(CreateUploadRequest(closure: "c", objects: objects))
                == #"{"closure":"c","objects":[{"key":"nar/x","nar_size":5,"refs":[],"type":"nar"},"#
                + #"{"key":"l","refs":[],"type":"build_log"}]}"#)
        #expect(
            try json(CreateUploadRequest(roots: ["a", "b"], objects: [], verifyS3: true, external: ["e"]))
                == #"{"external":["e"],"objects":[],"roots":["a","b"],"verify_s3":true}"#)
        #expect(
            try json(
                SignRequest(
                    narinfos: [
                        "k": SignNarInfo(
                            storePath: "/nix/store/x", url: "nar/x", compression: "zstd", narHash: "sha256:0",
                            narSize: 1,
                            references: [])
                    ]))
                == #"{"narinfos":{"k":{"compression":"zstd","nar_hash":"sha256:0","nar_size":1,"references":[],"#
                + #""store_path":"/nix/store/x","url":"nar/x"}}}"#)
        #expect(
            try json(CompleteMultipartRequest(objectKey: "k", uploadID: "u", parts: [.init(partNumber: 1, etag: "e")]))
                == #"{"object_key":"k","parts":[{"etag":"e","part_number":1}],"upload_id":"u"}"#)
    }

    @Test("may leave out or null what has a default")
    func defaults() throws {
        let create = try CreateUploadRequest.decode(
            Array(#"{"closure":"c","unknown":1,"objects":[{"key":"k","type":"narinfo","refs":null}]}"#.utf8))
        #expect(create == CreateUploadRequest(closure: "c", objects: [UploadObject(key: "k", type: .narinfo)]))
        #expect(try CreateUploadRequest.decode(Array("{}".utf8)).objects == [])
        let sign = try SignRequest.decode(
            Array(
                #"{"narinfos":{"k":{"store_path":"s","url":"u","compression":"none","nar_hash":"h","nar_size":1,"references":null}}}"#
                    .utf8))
        #expect(sign.narinfos["k"]?.references == [])
        #expect(sign.publish == false)
        #expect(try SignResponse.decode(Array(#"{"signatures":{"k":null}}"#.utf8)).signatures == ["k": []])
        #expect(try PresentResponse.decode(Array(#"{"present":null}"#.utf8)).present == [])
        #expect(try PartsRequest.decode(Array("{}".utf8)).partCount == 0)
        #expect(try CacheConfiguration.decode(Array("{}".utf8)).pushes == false)
    }

    @Test(
        "that are no proper JSON are refused with a sentence",
        arguments: [
            ("", "The body is no valid JSON; send one JSON object."),
            ("{", "The body is no valid JSON; send one JSON object."),
            (#"{"objects":[{"type":"nar"}]}"#, "The JSON field 'objects[0].key' is missing."),
            (
                #"{"objects":[{"key":"k","type":"file"}]}"#,
                "The JSON field 'objects[0].type' cannot be used: 'file' is none of narinfo, nar, listing, build_log, realisation."
            ),
            (#"{"closure":1}"#, "The JSON field 'closure' is not of the expected kind (a string)."),
            (#"{"objects":{}}"#, "The JSON field 'objects' is not of the expected kind (a list)."),
            (#"{"verify_s3":"yes"}"#, "The JSON field 'verify_s3' is not of the expected kind (true or false)."),
            (
                #"{"objects":[{"key":"k","type":"nar","nar_size":"1"}]}"#,
                "The JSON field 'objects[0].nar_size' is not of the expected kind (a whole number)."
            ),
        ])
    func malformed(text: String, message: String) {
        let error = #expect(throws: CacheError.self) { try CreateUploadRequest.decode(Array(text.utf8)) }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message == message)
    }
}
