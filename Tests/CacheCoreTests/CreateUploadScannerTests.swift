import CacheCore
import Testing

/// The scanner beside the decoder of ``CreateUploadRequest``: the same in the same words.
@Suite("Scanning a create request")
struct CreateUploadScannerTests {
    /// What became of a body.
    private enum Outcome: Equatable {
        case plan(roots: [String], external: [String], claims: [NewClaim], verifiesObjects: Bool)
        case refused(String)

        init(_ draft: () throws(CacheError) -> CreateUploadDraft) {
            do throws(CacheError) {
                let draft = try draft()
                let verifiesObjects = draft.verifiesObjects
                let plan = try CreateUploadPlan(draft, maximumNarSize: 1 << 40)
                self = .plan(
                    roots: plan.roots, external: plan.external, claims: Array(plan.claims),
                    verifiesObjects: verifiesObjects)
            } catch {
                self = .refused(error.message)
            }
        }
    }

    private static let notJSON = Outcome.refused("The body is no valid JSON; send one JSON object.")

    private func decoded(_ body: [UInt8], _ kind: CreateUploadDraft.Kind) -> Outcome {
        Outcome { () throws(CacheError) in
            var request = try CreateUploadRequest.decode(body)
            request.roots = kind == .push ? request.roots ?? [] : nil
            return CreateUploadDraft(request)
        }
    }

    private func scanned(_ body: [UInt8], _ kind: CreateUploadDraft.Kind, pieces: [Int] = []) -> Outcome {
        Outcome { () throws(CacheError) in
            var scanner = CreateUploadScanner(kind)
            var start = 0
            for end in pieces + [body.count] {
                try scanner.scan(body.span.extracting(start..<end))
                start = end
            }
            return try scanner.finish()
        }
    }

    private static let hash = String(repeating: "0", count: 32)
    private static let info = "\(hash).narinfo"
    private static let other = "\(String(repeating: "1", count: 32)).narinfo"
    private static let nar = "nar/\(String(repeating: "0", count: 52)).nar.zst"

    private static func object(_ fields: String) -> String {
        #"{"closure":"\#(info)","objects":[{"key":"\#(nar)","type":"nar",\#(fields)}]}"#
    }

    private static func objects(_ objects: String) -> String {
        #"{"closure":"\#(info)","objects":[\#(objects)]}"#
    }

    static let accepted: [String] = [
        object(#""refs":[]"#), object(#""refs":null,"nar_size":null"#), object(#""nar_size":1234"#),
        object(#""nar_size":0"#), object(#""nar_size":-0"#), object(#""nar_size":1.0"#), object(#""nar_size":2e3"#),
        object(#""refs":["\#(other)","no key","","../x","\#(info)"]"#),
        object(#""refs":["a\u0020b","\ud83d\ude00","ü","\"\\\/\b\f\n\r\t"]"#),
        object(#""unknown":{"a":[1,-2.5e-3,true,false,null,"x",{}],"b":{}},"refs":["\#(other)"]"#),
        // Of a field that is there twice the first one counts, whatever the other one is.
        object(#""key":1,"type":null,"nar_size":5,"nar_size":"x","refs":["\#(other)"],"refs":{"a":1}"#),
        object(#""nar_size":null,"nar_size":5"#),
        // The order of the fields does not matter.
        #"{"objects":[{"nar_size":7,"refs":["\#(other)"],"type":"nar","key":"\#(nar)"}],"closure":"\#(info)"}"#,
        #"{"objects":[{"refs":["\#(nar)"],"key":"\#(info)","type":"narinfo"}],"verify_s3":true,"closure":"\#(info)"}"#,
        // Names may be escaped too.
        #"{"clo\u0073ure":"\#(hash)\u002enarinfo","objects":[{"\u006bey":"\#(nar)","type":"n\u0061r"}]}"#,
        // Several objects of one key.
        objects(
            #"{"key":"\#(info)","type":"narinfo","refs":["\#(nar)"]},{"key":"\#(nar)","type":"nar"},"#
                + #"{"key":"\#(info)","type":"narinfo","refs":["\#(other)","\#(nar)"]},"#
                + #"{"key":"\#(nar)","type":"nar","nar_size":9}"#),
        objects(#"{"key":"\#(hash).ls","type":"listing"},{"key":"log/a.drv","type":"build_log"}"#),
        objects(#"{"key":"realisations/sha256:a!out.doi","type":"realisation"}"#),
        #" { "closure" : "\#(info)" ,\#n\#t"objects" : [ { "key" : "\#(nar)" , "type" : "nar" } ] } \#r\#n"#,
        #"{"closure":"\#(info)","objects":[{"key":"\#(nar)","type":"nar"}],"external":["\#(other)","x","\#(other)"]}"#,
        #"{"closure":"\#(info)","objects":[{"key":"\#(nar)","type":"nar"}],"external":null,"verify_s3":null}"#,
        #"{"roots":["\#(info)","\#(info)"],"objects":[{"key":"\#(info)","type":"narinfo"}],"verify_s3":false}"#,
    ]

    static let refused: [String] = [
        "", " ", "{", "}", "[", "[]", "[1]", "null", "1", "-1.5", "true", #""x""#, "tru", "nulll", "{} x", "{}}", "{,}",
        "{}", "{\"closure\"}", "{\"closure\":}", #"{"closure" 1}"#, "{closure:1}", "{'closure':1}", #"{"a":1 "b":2}"#,
        #"{"a":[}"#, #"{"a":{]}"#, #"{"a":[1}]"#, "{:1}", "//x\n{}", "NaN", #"{"a":NaN}"#, #"{"a":+1}"#, #"{"a":.5}"#,
        #"{"closure":null}"#, #"{"closure":""}"#, #"{"closure":"x.nar"}"#, #"{"closure":"x.narinfo"}"#,
        #"{"closure":1}"#, #"{"closure":true}"#, #"{"closure":[{"a":1},2]}"#, #"{"closure":{"closure":"x"}}"#,
        #"{"closure":"\ud800"}"#, #"{"closure":"\ud800x"}"#, #"{"closure":"\ud800\n"}"#, #"{"closure":"\ud800\u0041"}"#,
        #"{"closure":"\udc00"}"#, #"{"closure":"\u12g4"}"#, #"{"closure":"\x"}"#, #"{"closure":"\u12"}"#,
        "{\"closure\":\"a\u{1}\"}", "{\"closure\":\"a\nb\"}", #"{"closure":"x"#, #"{"closure":"x\"#,
        #"{"closure":"\u00"#,
        #"{"closure":"\#(info)"}"#, #"{"closure":"\#(info)","objects":null}"#, #"{"closure":"\#(info)","objects":[]}"#,
        #"{"closure":"\#(info)","objects":{}}"#, #"{"closure":"\#(info)","objects":"x"}"#,
        #"{"roots":null}"#, #"{"roots":[]}"#, #"{"roots":["",""]}"#, #"{"roots":["a","b"]}"#, #"{"roots":"a"}"#,
        #"{"roots":["\#(info)",null]}"#, #"{"roots":["\#(info)",7]}"#, #"{"roots":[["a"]]}"#,
        #"{"roots":["\#(info)",""]}"#,
        #"{"roots":["\#(other)"],"objects":[{"key":"\#(info)","type":"narinfo"}]}"#,
        #"{"external":1}"#, #"{"external":["a",1]}"#, #"{"external":[null]}"#, #"{"verify_s3":"yes"}"#,
        #"{"verify_s3":1}"#, #"{"verify_s3":[true]}"#,
        objects("null"), objects("1"), objects("[]"), objects(#"[{"key":"x"}]"#), objects("{}"),
        objects(#"{"type":"nar"}"#),
        objects(#"{"key":"\#(nar)"}"#), objects(#"{"key":null,"type":"nar"}"#), objects(#"{"key":1,"type":3}"#),
        objects(#"{"type":3,"key":{}}"#), objects(#"{"type":"file"}"#), objects(#"{"key":"k","type":null}"#),
        objects(#"{"key":"k","type":3}"#), objects(#"{"key":"k","type":"file","refs":1}"#),
        objects(#"{"key":"k","type":"nar"}"#),
        objects(#"{"key":"\#(info)","type":"nar"}"#), objects(#"{"key":"","type":"nar"}"#),
        object(#""refs":1"#), object(#""refs":{}"#), object(#""refs":["a",null]"#), object(#""refs":["a",[1,[2]],3]"#),
        object(#""nar_size":"1""#), object(#""nar_size":true"#), object(#""nar_size":[1]"#), object(#""nar_size":-1"#),
        object(#""nar_size":9223372036854775807"#), object(#""nar_size":01"#), object(#""nar_size":1."#),
        object(#""nar_size":-"#), object(#""nar_size":1e"#), object(#""nar_size":1e+"#), object(#""nar_size":--1"#),
        // Several things are wrong: the same one is told, wherever it stands.
        #"{"objects":3,"closure":4}"#, #"{"external":3,"verify_s3":4,"objects":[{}],"roots":1}"#,
        objects(#"{"nar_size":"x","refs":1,"type":2,"key":3}"#), objects(#"{"key":"x","type":"nar"},{"key":1}"#),
        String(repeating: #"{"a":"#, count: 513) + "1" + String(repeating: "}", count: 513),
        String(repeating: "[", count: 100_000),
    ]

    @Test("takes what the decoder takes", arguments: accepted)
    func accepts(text: String) {
        let body = Array(text.utf8)
        if case .refused(let message) = decoded(body, text.contains("roots") ? .push : .pendingClosure) {
            Issue.record("the decoder refuses it: \(message)")
        }
        compare(body)
    }

    @Test("refuses what the decoder refuses, with the same sentence", arguments: refused)
    func refuses(text: String) {
        let body = Array(text.utf8)
        if case .plan = decoded(body, text.contains("roots") ? .push : .pendingClosure) {
            Issue.record("the decoder takes it")
        }
        compare(body)
    }

    private func compare(_ body: [UInt8]) {
        for kind in [CreateUploadDraft.Kind.pendingClosure, .push] {
            let expected = decoded(body, kind)
            #expect(scanned(body, kind) == expected)
            #expect(scanned(body, kind, pieces: Array(body.indices)) == expected, "byte by byte")
            guard body.count < 1000 else { continue }
            for position in body.indices {
                #expect(scanned(body, kind, pieces: [position]) == expected, "in two pieces, at \(position)")
            }
        }
    }

    @Test(
        "is stricter than the decoder",
        arguments: [
            (#"{"a":1,}"#, nil), (objects(#"{"key":"\#(nar)","type":"nar"},"#), nil), (#"{"a":01}"#, nil),
            (#"{"a":1.}"#, nil), (#"{"a":"\ud800"}"#, nil), (#"{"a":"\x"}"#, nil), ("\u{FEFF}{}", nil),
            (
                object(#""nar_size":1.5"#),
                "The JSON field 'objects[0].nar_size' is not of the expected kind (a whole number)."
            ),
            (
                object(#""nar_size":9223372036854775808"#),
                "The JSON field 'objects[0].nar_size' is not of the expected kind (a whole number)."
            ),
        ])
    func strict(body: String, message: String?) {
        #expect(scanned(Array(body.utf8), .pendingClosure) == message.map { .refused($0) } ?? Self.notJSON)
    }

    @Test(
        "takes UTF-8 only",
        arguments: [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80], [0xC3],
        ] as [[UInt8]])
    func encoding(bytes: [UInt8]) {
        for name in ["closure", "unknown"] {
            let body = Array(#"{"\#(name)":"a"#.utf8) + bytes + Array(#"b"}"#.utf8)
            #expect(scanned(body, .pendingClosure) == Self.notJSON)
            #expect(scanned(body, .pendingClosure, pieces: Array(body.indices)) == Self.notJSON)
        }
        let escaped = Array(#"{"a":""#.utf8) + bytes + Array(#"\u0080"}"#.utf8)
        #expect(scanned(escaped, .pendingClosure) == Self.notJSON)
    }

    @Test("reads the field that belongs to the request")
    func kinds() throws {
        let object = #""objects":[{"key":"\#(Self.info)","type":"narinfo"}]"#
        let body = Array(#"{"closure":"\#(Self.info)","roots":["x"],\#(object)}"#.utf8)
        let claims = [NewClaim(key: try ObjectKey(Self.info))]
        #expect(
            scanned(body, .pendingClosure)
                == .plan(roots: [Self.info], external: [], claims: claims, verifiesObjects: false))
        #expect(scanned(body, .push) == .refused("The closure 'x' must end in .narinfo."))
    }
}
