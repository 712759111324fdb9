import NarKit

extension UploadService {
    /// Signs narinfos that an upload lists; with `publish` their texts are kept and written by the server on completion.
    /// - Throws: ``CacheError``: `invalidRequest` for an id that is no number and for what is no proper narinfo;
    ///   `forbidden` for an unknown upload and for what it does not list.
    public func sign(_ id: String, _ request: SignRequest) async throws(CacheError) -> SignResponse {
        let upload = try UploadID(parsing: id)
        let published: Bool? = request.publish ? true : nil
        guard !request.narinfos.isEmpty || !request.realisations.isEmpty else {
            return SignResponse(signatures: [:], publishedByServer: published)
        }
        var texts = try narInfos(of: request)
        let realisations = try realisations(of: request)
        let listed = try await metadata.listedObjects(
            texts.keys.sorted() + realisations.keys.sorted(), upload: upload)
        guard let listed else {
            throw CacheError(.forbidden, "There is no open upload \(id), so nothing can be signed for it.")
        }
        for key in texts.keys.sorted() + realisations.keys.sorted() where listed[key] == nil {
            throw CacheError(.forbidden, "The upload \(id) does not list \(key), so it cannot be signed for it.")
        }
        let signatures = try await settings.signer.signatures(of: texts.mapValues(\.narInfo.fingerprint))
        if request.publish {
            var kept: [ObjectText] = []
            for (key, object) in listed {
                texts[key]?.add(signatures[key] ?? [])
                if let text = texts[key] { kept.append(text.objectText(for: object)) }
                if let bytes = realisations[key] { kept.append(ObjectText(object: object, bytes: bytes)) }
            }
            try await keep(kept, upload: upload)
        }
        return SignResponse(
            signatures: texts.keys.reduce(into: [:]) { result, key in
                result[key] = (signatures[key] ?? []).map(\.description)
            },
            publishedByServer: published)
    }

    /// Keeps texts with an upload, by chunks.
    func keep(_ texts: [ObjectText], upload: UploadID) async throws(CacheError) {
        for chunk in texts.chunked(1000) {
            guard try await metadata.storeTexts(Array(chunk), upload: upload) else { throw .noUpload(upload) }
        }
    }

    private func narInfos(of request: SignRequest) throws(CacheError) -> [String: NarInfoText] {
        var texts: [String: NarInfoText] = [:]
        for (key, fields) in request.narinfos {
            texts[key] = try NarInfoText(
                fields, key: try ObjectKey(key, type: .narinfo), storeDirectory: settings.storeDirectory)
        }
        return texts
    }

    private func realisations(of request: SignRequest) throws(CacheError) -> [String: [UInt8]] {
        guard request.publish else { return [:] }
        var texts: [String: [UInt8]] = [:]
        for (key, text) in request.realisations {
            texts[key] = try StagedText.realisation(
                [UInt8](text.utf8), key: try ObjectKey(key, type: .realisation),
                storeDirectory: settings.storeDirectory)
        }
        return texts
    }
}
