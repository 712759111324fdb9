import CacheServer

extension TLSFiles {
    /// The files of TLS; nil where none are given.
    ///
    /// - Throws: ``ConfigurationError`` where one is given without the others that it needs.
    init?(_ given: ServingOptions, _ source: SettingSource) throws(ConfigurationError) {
        let certificate = source.text("tls-cert", given.tlsCert)
        let key = source.text("tls-key", given.tlsKey)
        let authority = source.text("tls-client-ca", given.tlsClientCa)
        switch (certificate, key) {
        case (nil, nil):
            guard authority == nil else {
                throw ConfigurationError(
                    "--tls-client-ca needs --tls-cert and --tls-key too: certificates are shown over TLS")
            }
            return nil
        case (_?, nil): throw ConfigurationError("--tls-cert is given without its key; give --tls-key too")
        case (nil, _?): throw ConfigurationError("--tls-key is given without the certificate; give --tls-cert too")
        case (let certificate?, let key?):
            self.init(certificate: certificate, key: key, clientAuthority: authority)
        }
    }
}

extension PushLimits {
    /// - Throws: ``ConfigurationError`` for what is no number.
    init(_ given: UploadOptions, _ source: SettingSource) throws(ConfigurationError) {
        let pushes = try source.number(
            "max-concurrent-pushes", given.maxConcurrentPushes, least: 0, most: 1_000_000, default: 0)
        let objects = try source.number(
            "max-push-objects", given.maxPushObjects, least: 0, most: 1_000_000_000, default: 0)
        self.init(
            concurrentPushes: pushes == 0 ? nil : Int(pushes), objectsPerPush: objects == 0 ? nil : Int(objects))
    }
}
