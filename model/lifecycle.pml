/*
 * Uploads and collections as a model for Spin. README.md says what is in it, and what is not.
 *
 * Steps bear the names of the functions they stand for. Each `atomic` is one transaction of the metadata store, or one
 * request to the object store, or what comes of it later. Words in capitals that are not states are mutations. What an
 * assertion says is behind it: the script reads it there.
 */

/* The objects: a narinfo, and two that texts of it refer to. Its contents are called by what they refer to. */
#define K 0
#define N1 1
#define N2 2

/* ObjectState.swift; ABSENT: there is no row. */
#define ABSENT 0
#define UPLOADING 1
#define LIVE 2
#define CONDEMNED 3
#define DELETING 4

/* UploadState.swift; NONE: not begun. */
#define NONE 0
#define OPEN 1
#define PUBLISHING 2
#define COMPLETED 3
#define DROPPED 4

/* What a push holds beside the narinfo: what is there at first, too, or, as a build need not be reproducible, something
   else; two pushes the same, or each something else. */
#ifdef SAME
#define nar(p) N1
#else
#ifdef OTHER
#define nar(p) (2 - (p))
#else
#define nar(p) ((p) + 1)
#endif
#endif

/* What there is at first, added up: 1 nothing, 2 a closure, 4 one that has expired; any of them is tried. */
#ifndef START
#define START 7
#endif

/* ---- The bucket ------------------------------------------------------------------------------------------------- */

byte bucket[3];   /* whether an object lies there; of the narinfo, which content */
bit deleting[3];  /* a delete of ours is on its way */
bit writing[3];   /* by content: a write of the narinfo of ours is on its way */

/* ---- The metadata store ----------------------------------------------------------------------------------------- */

byte state[3];
bit busy[3];      /* busy_until is in the future */
byte leased[3];   /* who made it busy last: a run, or a publisher */
#define publisher(w) (100 + (w))
bit writable[2];  /* by push: writable_until is in the future, as far as this push made it so */
bit refs[3];      /* of the narinfo, by target: an edge to a row that is there */
bit dangling[3];  /* an edge to a row that is gone */
bit root;         /* the narinfo is the root of a closure */

byte upload[2];
bit claims[6];
byte text[2];     /* which text of the narinfo an upload holds; a server that wrote it may still do when the claim is gone */
bit publish[2];   /* the upload is to write it */

byte run_id;
bit collecting;

/* By upload: its text lies in staging; a client may still put it there. */
#ifdef STAGING
bit staged[2];
bit stageable[2];
#define isStaged(p) staged[p]
#else
#define isStaged(p) false
#endif

/* Who may write just now, under a lease: the servers of the two pushes, then those of the collections. */
bit lease[4];

#ifdef NARINFO_BY_CLIENT
bit writableText[2];
#endif

byte ended;       /* how many pushes and collections have ended, or died */
bit rest;         /* nothing fails any more, and nothing comes late */

#define claim(p, o) claims[(p) * 3 + (o)]
#define isClaimed(o) (claims[o] || claims[3 + (o)])
#define hasClaims(p) (claim(p, K) || claim(p, N1) || claim(p, N2))
#define isPresent(o) (state[o] == LIVE || state[o] == CONDEMNED)
#ifdef NARINFO_BY_CLIENT
#define mayWrite(p, o) ((writable[p] && nar(p) == (o)) || (writableText[p] && (o) == K))
#else
#define mayWrite(p, o) (writable[p] && nar(p) == (o))
#endif
#define isWritable(o) (mayWrite(0, o) || mayWrite(1, o))
#define isPublishedBy(p) (upload[p] == PUBLISHING && publish[p])
#define hasDangling (dangling[N1] || dangling[N2])

/* ---- What holds at every moment --------------------------------------------------------------------------------- */

#define isWhole (bucket[K] && bucket[bucket[K]])
#define isBeingPublished (isPublishedBy(0) || isPublishedBy(1))

/* What a root reaches can be downloaded; where an upload is publishing the narinfo, once it has. */
#define PROMISE (!root || isWhole || (state[K] == UPLOADING && isBeingPublished))

/* The same by the rows, also for what is about to be a root. */
#define isEdgeKept(o) (!refs[o] || state[o] == LIVE)
#define areRowsWhole \
    (!(root || isBeingPublished) || ((state[K] == LIVE || (state[K] == UPLOADING && isBeingPublished)) \
                                     && !hasDangling && isEdgeKept(N1) && isEdgeKept(N2)))

/* A claimed object is uploading or live. */
#define isKept(o) (!isClaimed(o) || state[o] == UPLOADING || state[o] == LIVE)

/* Of live and condemned objects the bytes are there, and no delete is on its way. */
#define isThereForSure(o) (!isPresent(o) || (bucket[o] && !deleting[o]))

/* The refs cover each text that lies under the narinfo's key, or may yet; but for references that were left out. */
#ifdef EXTERNAL
#define isCovered(c) true
#else
#define isCovered(c) \
    (refs[c] || dangling[c] || state[K] == DELETING || !(writing[c] || (isPresent(K) && bucket[K] == c)))
#endif

/* What lies in the bucket, or may yet, has a row; what is staged has that of its upload. */
#define hasRow(o) (state[o] != ABSENT || !(bucket[o] || isWritable(o)))
#define isWriteKnown (state[K] != ABSENT || !(writing[N1] || writing[N2]))
#define isStagingKnown(p) (!isStaged(p) || upload[p] != NONE)

proctype Monitor() {
end:
    if
    :: atomic { !(PROMISE) -> assert(PROMISE) }    /* the promise */
#ifndef PROMISE_ONLY
    :: atomic { !(isKept(K) && isKept(N1) && isKept(N2)) -> assert(false) }    /* I1: claims */
    :: atomic { !(areRowsWhole) -> assert(false) }    /* I2: rows of what roots reach */
    :: atomic { !(isThereForSure(K) && isThereForSure(N1) && isThereForSure(N2)) -> assert(false) }    /* I3: bytes */
    :: atomic { !(isCovered(N1) && isCovered(N2)) -> assert(false) }    /* I4: refs */
    :: atomic { !(hasRow(K) && hasRow(N1) && hasRow(N2) && isWriteKnown) -> assert(false) }    /* I5: keys have rows */
    :: atomic { !(isStagingKnown(0) && isStagingKnown(1)) -> assert(false) }    /* I5: staged keys have rows */
#endif
    fi
}

/* ---- Time, and what comes late ---------------------------------------------------------------------------------- */

inline lateDelete(o) { atomic { deleting[o] -> bucket[o] = 0; deleting[o] = 0 } }
inline lateWrite(c) { atomic { writing[c] -> bucket[K] = c; writing[c] = 0 } }

/* busy_until passes. Before it does, the store refuses all requests that are dated with its instant. */
inline endBusy(o) {
    atomic {
        busy[o] && !rest ->
        busy[o] = 0;
        deleting[o] = 0;
        writing[N1] = writing[N1] && o != K;
        writing[N2] = writing[N2] && o != K;
        lease[0] = lease[0] && o != K;
        lease[1] = lease[1] && o != K;
        lease[2] = lease[2] && o != K;
        lease[3] = lease[3] && o != K
    }
}

proctype Environment() {
end:
    do
    :: lateDelete(K)
    :: lateDelete(N1)
    :: lateDelete(N2)
    :: lateWrite(N1)
    :: lateWrite(N2)
    :: endBusy(K)
    :: endBusy(N1)
    :: endBusy(N2)
    /* A client's PUT, soon or late. */
    :: atomic { writable[0] && !bucket[nar(0)] -> bucket[nar(0)] = 1 }
    :: atomic { writable[1] && !bucket[nar(1)] -> bucket[nar(1)] = 1 }
#ifdef NARINFO_BY_CLIENT
    :: atomic { writableText[0] && bucket[K] != nar(0) -> bucket[K] = nar(0) }
    :: atomic { writableText[1] && bucket[K] != nar(1) -> bucket[K] = nar(1) }
    :: atomic { writableText[0] -> writableText[0] = 0 }
    :: atomic { writableText[1] -> writableText[1] = 0 }
#endif
    /* writable_until passes. */
    :: atomic { writable[0] -> writable[0] = 0 }
    :: atomic { writable[1] -> writable[1] = 0 }
#ifdef STAGING
    /* The same for staging, of one push. */
    :: atomic { stageable[0] && !staged[0] -> staged[0] = 1 }
    :: atomic { stageable[0] -> stageable[0] = 0 }
#endif
    od
}

/* ---- Uploads (Sources/CacheCore/Uploads) ------------------------------------------------------------------------ */

/* A push or a collection has ended, or its server died. Once all have, and time has passed, two collections that nothing
   disturbs leave what the root reaches. The first may find claims of what completed while an earlier one was collecting. */
inline stopped() {
    ended++;
    if
    :: ended == PUSHES + COLLECTIONS ->
        rest = 1;
        run_id = 0;
        run Collect(2, 2)
    :: else
    fi
}

/* All leases, requests on their way, and times in which clients may write. */
inline endAll() {
    busy[K] = 0; busy[N1] = 0; busy[N2] = 0;
    leased[K] = 0; leased[N1] = 0; leased[N2] = 0;
    deleting[K] = 0; deleting[N1] = 0; deleting[N2] = 0;
    writing[N1] = 0; writing[N2] = 0;
    lease[0] = 0; lease[1] = 0; lease[2] = 0; lease[3] = 0;
    writable[0] = 0; writable[1] = 0;
#ifdef NARINFO_BY_CLIENT
    writableText[0] = 0; writableText[1] = 0;
#endif
#ifdef STAGING
    stageable[0] = 0
#endif
}

/* What is there is what the root reaches, and no upload is left half done. */
#define isClean(o) \
    ((state[o] == ABSENT && !bucket[o]) || (state[o] == LIVE && bucket[o] && root && (o == K || refs[o])))
#define isFinished(p) (upload[p] != OPEN && upload[p] != PUBLISHING && !hasClaims(p))

#ifdef BUSY_NOT_AWAITED
#define isBeingDeleted(o) false
#else
#define isBeingDeleted(o) (state[o] == DELETING && busy[o])
#endif

/* The row begins anew, or goes. */
inline forgetRefs(condition) {
    refs[N1] = refs[N1] && !(condition);
    refs[N2] = refs[N2] && !(condition);
    dangling[N1] = dangling[N1] && !(condition);
    dangling[N2] = dangling[N2] && !(condition)
}

/* ClaimDecision.swift, and what claimChunk of MetadataStore.swift does by it, for one object. */
inline claimChunk(p, o) {
    if
    :: isPresent(o) -> state[o] = LIVE
    :: else ->
        forgetRefs(o == K && state[o] != UPLOADING);
        leased[o] = (state[o] == UPLOADING -> leased[o] : 0);
        state[o] = UPLOADING;
#ifdef NARINFO_BY_CLIENT
        writableText[p] = writableText[p] || o == K;
#endif
        writable[p] = writable[p] || o != K
    fi;
    claim(p, o) = 1
}

/* UploadService+Create.swift: the keys are claimed in any order, those that are being deleted when they are free. */
inline begin(p, n) {
    atomic {
        upload[p] = OPEN;   /* beginUpload */
#ifdef STAGING
        stageable[p] = 1
#endif
    };
    do
    :: atomic {
        upload[p] == OPEN && !claim(p, K) && !isBeingDeleted(K) ->
        claimChunk(p, K);
        if
        :: claim(p, n) -> break
        :: else
        fi
    }
    :: atomic {
        upload[p] == OPEN && !claim(p, n) && !isBeingDeleted(n) ->
        claimChunk(p, n);
        if
        :: claim(p, K) -> break
        :: else
        fi
    }
    /* dropUpload: it has waited too long. */
    :: atomic { upload[p] == OPEN && (isBeingDeleted(K) || isBeingDeleted(n)) -> upload[p] = DROPPED; goto stop }
    /* It was dropped, or the server dies. */
    :: atomic { true -> goto stop }
    od
}

/* UploadService+Objects.swift: whether a claim stands at noteUploaded, before the HEAD, and still at markArrived. */
#define isNoted(p, n) (upload[p] == OPEN && claim(p, n) && state[n] == UPLOADING)
#ifdef HEAD_WITHOUT_CLAIM
#define isStillClaimed(p, n) true
#else
#define isStillClaimed(p, n) claim(p, n)
#endif

inline markArrived(p, n) {
    if
    :: isStillClaimed(p, n) && state[n] == UPLOADING -> state[n] = LIVE
    :: else
    fi
}

/* UploadService+Complete.swift: a HEAD of what is not live; the staged text (UploadService+Staging.swift) of the upload,
   or one that another claim on the narinfo has, or none. A text that was sent to be signed (storeTexts) is there at once. */
inline gather(p, n) {
    arrived = (state[n] != LIVE);
    if
    :: state[K] != LIVE && !text[p] ->
        if
#ifdef STAGING
        :: isStaged(p) -> text[p] = n
        :: !isStaged(p)
#else
        :: text[p] = n
        :: claim(1 - p, K) -> text[p] = nar(1 - p)    /* borrowTexts */
        :: claim(1 - p, K)
#endif
        fi
    :: else
    fi
}

#ifdef NARINFO_BY_CLIENT
#define hasArrived(n) ((state[n] == LIVE || bucket[n]) && (state[K] == LIVE || bucket[K]))
#else
#define hasArrived(n) (state[n] == LIVE || bucket[n])
#endif

/* CompletionDecision.swift, as seen by upload p which lists n. */
#define isThere(o) (isPresent(o) || (o == n && arrived && state[o] == UPLOADING))
#define isPublishedHere (state[K] == UPLOADING && text[p])
#define isPublished (isPublishedHere || (state[K] == UPLOADING && isPublishedBy(1 - p)))
#ifdef EDGES_NOT_REPAIRED
#define isNamed(o) (isPublishedHere && (o == n || text[p] == o))
#else
#define isNamed(o) (o == n || (isPublishedHere && text[p] == o))
#endif
#ifdef NO_WALK
#define isReached(o) isNamed(o)
#else
#define isReached(o) (refs[o] || isNamed(o))
#endif
#ifdef VANISHED_SKIPPED
#define isDanglingAllowed true
#else
#define isDanglingAllowed (!hasDangling || isPublishedHere)
#endif
#define isAccepted \
    (isThere(n) && (state[K] == LIVE || isPublished) && isDanglingAllowed \
     && (!isReached(N1) || isThere(N1)) && (!isReached(N2) || isThere(N2)))

inline setRef(p, n, o) {
#ifdef REFS_REPLACED
    refs[o] = isNamed(o)
#else
#ifdef REFS_AT_COMMIT
    skip
#else
    refs[o] = refs[o] || isNamed(o)
#endif
#endif
}

inline claimReached(p, n, o) {
    if
    :: isReached(o) ->
        claim(p, o) = 1;
        if
        :: state[o] == CONDEMNED -> state[o] = LIVE
        :: else
        fi
    :: else
    fi
}

/* The root is inserted, and the upload ends: finish of the stores. */
inline finish(p) {
    root = 1;
    upload[p] = COMPLETED;
#ifdef REFS_AT_COMMIT
    refs[N1] = (nar(p) == N1 || (publish[p] && text[p] == N1));
    refs[N2] = (nar(p) == N2 || (publish[p] && text[p] == N2));
#endif
#ifdef CLAIMS_NOT_KEPT
    claim(p, K) = 0; claim(p, N1) = 0; claim(p, N2) = 0;
#endif
    publish[p] = 0
}

/* MetadataStore.swift */
inline decide(p, n) {
    if
    :: upload[p] != OPEN
    :: upload[p] == OPEN && isAccepted ->
        if
        :: state[n] == UPLOADING -> state[n] = LIVE
        :: else
        fi;
        claimReached(p, n, N1);
        claimReached(p, n, N2);
        setRef(p, n, N1);
        setRef(p, n, N2);
#ifdef NARINFO_BY_CLIENT
        state[K] = LIVE;
        finish(p)
#else
        if
        :: isPublishedHere ->
            dangling[N1] = 0; dangling[N2] = 0;
            publish[p] = 1;
            upload[p] = PUBLISHING
        :: else -> finish(p)
        fi
#endif
    :: else
    fi;
    arrived = 0
}

/* MetadataStore.swift, for a narinfo with edges to rows that are gone: its text is to be written anew. Looks again, since
   others may have done so, and waits until no older write is on its way, since the edges go with the next one. */
#ifdef LOST_UNCHECKED
#define isLost (!busy[K])
#else
#ifdef LOST_WHILE_BUSY
#define isLost hasDangling
#else
#define isLost (hasDangling && !busy[K])
#endif
#endif

inline markLost(p) {
    if
    :: upload[p] == OPEN && claim(p, K) && state[K] == LIVE && isLost -> state[K] = UPLOADING
    :: else
    fi
}

#ifdef HEAD_FOR_ANSWER
#define isWritten (isAnswered || bucket[K])
#else
#define isWritten isAnswered
#endif

/* BusyPeriod.swift: no other request was on its way when the lease began, and none has got one since. */
#ifdef BUSY_FORGOTTEN
#define isLastRequest(w) true
#else
#define isLastRequest(w) (isFirst && leased[K] == publisher(w))
#endif

/* UploadService+Publish.swift, by server w: a lease, a write, again until the store answers; then the commit. */
inline publishAndCommit(p, w) {
    do
    /* renewBusy */
    :: atomic {
        upload[p] == PUBLISHING && state[K] == UPLOADING && !isAnswered && !lease[w] ->
        lease[w] = 1;
        isFirst = !busy[K];
#ifndef WRITE_WITHOUT_BUSY
        busy[K] = 1;
#endif
        leased[K] = publisher(w)
    }
    /* put: answered, or not, when it may yet take effect */
    :: atomic { lease[w] -> bucket[K] = text[p]; lease[w] = 0; isAnswered = 1 }
    :: atomic { lease[w] && !rest -> writing[text[p]] = 1; lease[w] = 0 }
    /* commit: what was written is busy no longer than it was before. */
    :: atomic {
        upload[p] == PUBLISHING && (state[K] != UPLOADING || isWritten) ->
        busy[K] = busy[K] && !(isAnswered && isLastRequest(w));
        state[K] = LIVE; finish(p); isAnswered = 0; isFirst = 0; lease[w] = 0; break
    }
    :: atomic { upload[p] != PUBLISHING -> isAnswered = 0; isFirst = 0; lease[w] = 0; break }
    /* The server dies. */
    :: atomic { !rest -> isAnswered = 0; isFirst = 0; lease[w] = 0; goto stop }
    od
}

inline deleteClaims(p) { claim(p, K) = 0; claim(p, N1) = 0; claim(p, N2) = 0 }

/* UploadService+Cleaning.swift: whether the upload has ended is looked at before whether a run is collecting. */
#ifdef COLLECTING_READ_FIRST
#define isReleasable(p) hasClaims(p)
#else
#define isReleasable(p) (upload[p] == COMPLETED && hasClaims(p))
#endif

/* An upload's row, and what is staged for it, go when nobody can stage anything any more. */
#ifdef STAGING
#ifdef UPLOAD_NOT_KEPT
#define isOver(p) ((upload[p] == COMPLETED || upload[p] == DROPPED) && !hasClaims(p))
#else
#define isOver(p) ((upload[p] == COMPLETED || upload[p] == DROPPED) && !hasClaims(p) && !stageable[p])
#endif
#else
#define isOver(p) false
#endif

inline releaseClaims(p) {
    atomic { isReleasable(p) -> isCollecting = collecting };
    atomic {
        if
        :: upload[p] == COMPLETED && !isCollecting -> deleteClaims(p)
        :: else
        fi;
        isCollecting = 0
    }
}

proctype Push(byte u; byte v) {
    bit arrived, isAnswered, isFirst, isCollecting;
    begin(u, v);
complete:
    if
    /* uploadCompleted */
    :: atomic { isNoted(u, v) && bucket[v] -> skip };
        atomic { markArrived(u, v); goto complete }
    /* complete */
    :: atomic { upload[u] == OPEN && hasArrived(v) -> gather(u, v) };
        atomic {
            decide(u, v);
            if
            :: upload[u] == OPEN && state[K] == LIVE && hasDangling -> skip
            :: else -> goto complete
            fi
        };
        atomic { markLost(u); goto complete }
    :: atomic { upload[u] == PUBLISHING -> skip };
        publishAndCommit(u, u);
        goto complete
    /* tidy */
    :: releaseClaims(u);
#ifdef STAGING
        atomic { staged[u] = 0 }   /* deleteStaged */
#endif
    /* The client gives up, or the server has dropped the upload. */
    :: atomic { true -> skip }
    fi;
stop:
    atomic { arrived = 0; stopped() }
}

/* ---- Collections (Sources/CacheCore/GC) ------------------------------------------------------------------------- */

#ifdef RUN_UNCHECKED
#define checkRun() skip
#define isCurrent true
#else
#define checkRun() if :: run_id != mine -> goto stop :: else fi
#define isCurrent (run_id == mine)
#endif

/* CollectionStore.swift, also over the head of a run that goes on. */
inline beginCollection() {
    atomic {
        if
        :: rest -> endAll()
        :: else
        fi;
        run_id++;
        mine = run_id;
        collecting = 1
    }
}

/* MetadataStore.swift: open uploads that are old enough. */
inline dropUploads(p) {
    if
    :: upload[p] == OPEN -> upload[p] = DROPPED
    :: upload[p] == OPEN && !rest
    :: else
    fi
}

inline releaseDropped(p) {
    deleteClaims(p);
    text[p] = 0;
#ifdef DROP_CONDEMNS
    condemnUploading(K); condemnUploading(N1); condemnUploading(N2)
#endif
}

#ifdef DROP_CONDEMNS
inline condemnUploading(o) {
    if
    :: state[o] == UPLOADING && !isClaimed(o) -> state[o] = CONDEMNED
    :: else
    fi
}
#endif

#define isDropped(p) (upload[p] == DROPPED && hasClaims(p))

/* CollectionService+Steps.swift: resume, then dropUploads and releaseClaims of what was dropped. */
inline finishUploads(w) {
    do
    :: atomic {
        if
        :: isPublishedBy(0) -> q = 0
        :: isPublishedBy(1) -> q = 1
        fi
    };
        publishAndCommit(q, w);
        q = 0
    :: atomic { !rest || !(isPublishedBy(0) || isPublishedBy(1)) -> dropUploads(0); dropUploads(1); break }
    od;
    do
    :: atomic { isDropped(0) -> releaseDropped(0) }
    :: atomic { isDropped(1) -> releaseDropped(1) }
    :: atomic { !rest -> goto stop }
    /* CollectionStore.swift: expireClosures; the closure is old enough, or not. */
    :: atomic {
        !isDropped(0) && !isDropped(1) ->
        checkRun();
        if
        :: root = 0
        :: true
        fi;
        break
    }
    od
}

/* CollectionStore.swift and GCPlanner.swift; an uploading object counts when it can be written no more, or by force. */
inline loadPlan() {
    atomic {
        checkRun();
        condemnable[N1] = !isClaimed(N1) && !((root || isClaimed(K)) && refs[N1]);
        condemnable[N2] = !isClaimed(N2) && !((root || isClaimed(K)) && refs[N2]);
        condemnable[K] = !isClaimed(K) && !root && (state[K] == UPLOADING || state[K] == LIVE);
        condemnable[N1] = condemnable[N1] && (state[N1] == UPLOADING || state[N1] == LIVE);
        condemnable[N2] = condemnable[N2] && (state[N2] == UPLOADING || state[N2] == LIVE)
    }
}

/* CollectionStore.swift */
inline condemn(o) {
    condemnable[o] = 0;
    checkRun();
    if
#ifndef CLAIMS_UNCHECKED
    :: isClaimed(o)
#endif
    :: !isClaimed(o) && state[o] == UPLOADING -> state[o] = DELETING
    :: !isClaimed(o) && state[o] == UPLOADING && isWritable(o) && !rest
#ifdef CLAIMS_UNCHECKED
    :: state[o] == LIVE -> state[o] = CONDEMNED
#else
    :: !isClaimed(o) && state[o] == LIVE -> state[o] = CONDEMNED
#endif
    :: else
    fi
}

#define isSweepable(o) (!isClaimed(o) && !busy[o] && (state[o] == CONDEMNED || state[o] == DELETING))

/* CollectionStore.swift: once the grace is over and nobody can write any more, or by force. */
inline beginSweep(o) {
    if
    :: isSweepable(o) ->
        state[o] = DELETING; busy[o] = 1; leased[o] = mine; taken = 1; past = !isWritable(o)
    :: isSweepable(o) && !rest
    :: else
    fi
}

/* ObjectStore.swift: delete, answered for this key or with an error, or not answered. The store refuses what is late. */
#define isInTime(o) (busy[o] && leased[o] == mine)

inline answer(o) {
    if
    :: isInTime(o) -> bucket[o] = 0; gone = 1
    :: isInTime(o) && !rest
    :: else
    fi
}

inline noAnswer(o) {
    if
    :: isInTime(o) -> deleting[o] = 1
    :: else
    fi
}

/* CollectionStore.swift: rows of what is gone go, unless a client could write when the delete began. */
inline endSweep(o) {
    if
    :: gone && state[o] == DELETING && leased[o] == mine ->
        busy[o] = 0;
        leased[o] = 0;
        if
#ifndef ROW_NOT_KEPT
        :: !past
        :: past ->
#else
        :: true ->
#endif
            state[o] = ABSENT;
            dangling[o] = dangling[o] || refs[o];
            refs[o] = 0;
            forgetRefs(o == K)
        fi
#ifdef FAILED_DELETE_CONDEMNED
    :: !gone && state[o] == DELETING && leased[o] == mine -> state[o] = CONDEMNED
#endif
    :: else
    fi;
    gone = 0;
    past = 0;
    taken = 0
}

/* CollectionService+Sweep.swift, for one object. */
inline sweep(o) {
    atomic { checkRun(); beginSweep(o) };
    if
    :: !taken
    :: taken ->
        if
        /* delete */
        :: atomic {
#ifdef RETRY_UNDER_LEASE
            /* A first try was not answered, the second is. */
            if
            :: noAnswer(o)
            :: true
            fi;
#endif
            answer(o)
        }
        :: atomic { !rest -> noAnswer(o) }
        :: atomic { !rest -> goto stop }
        fi;
        atomic { checkRun(); endSweep(o) }
    fi
}

/* CollectionService+Steps.swift, by server w. */
inline perform(w) {
    beginCollection();
    finishUploads(w);
    loadPlan();
    do
    :: atomic { condemnable[K] -> condemn(K) }
    :: atomic { condemnable[N1] -> condemn(N1) }
    :: atomic { condemnable[N2] -> condemn(N2) }
    /* endCollecting */
    :: atomic { !condemnable[K] && !condemnable[N1] && !condemnable[N2] -> checkRun(); collecting = 0; break }
    :: atomic { !rest -> goto stop }
    od;
    do
    /* cleanUp */
    :: releaseClaims(0)
    :: releaseClaims(1)
#ifdef STAGING
    :: atomic { isOver(0) && staged[0] -> staged[0] = 0 }        /* emptyStaging */
    :: atomic { isOver(0) && !staged[0] -> upload[0] = NONE }    /* removeUpload */
#endif
    :: atomic { !rest || !(isReleasable(0) || isReleasable(1) || isOver(0)) -> break }
    od;
    /* The narinfos first. */
    sweep(K);
    sweep(N1);
    sweep(N2)
}

proctype Collect(byte w; byte runs) {
    byte mine;
    bit isAnswered, isFirst, isCollecting, taken, past, gone, q;
    bit condemnable[3];
again:
    perform(w);
stop:
    atomic {
        /* endCollection, unless the server died. */
        if
        :: isCurrent && collecting -> collecting = 0
        :: true
        fi;
        mine = 0; taken = 0; past = 0; gone = 0; q = 0;
        condemnable[K] = 0; condemnable[N1] = 0; condemnable[N2] = 0;
        runs--;
        if
        :: runs > 0 -> goto again
        :: runs == 0 && !rest -> stopped()
        :: runs == 0 && rest ->
            assert(!root || isWhole);    /* the promise, at rest */
            assert(isClean(K) && isClean(N1) && isClean(N2));    /* I14: at rest nothing else is there */
            assert(isFinished(0) && isFinished(1));    /* I9: uploads are finished */
            assert(!isStaged(0))    /* I14: at rest nothing is staged */
        fi
    }
}

init {
    atomic {
        if
#if START & 1
        :: true
#endif
#if START & 2
        :: state[K] = LIVE; state[N1] = LIVE; bucket[K] = N1; bucket[N1] = 1; refs[N1] = 1; root = 1
#endif
#if START & 4
        :: state[K] = CONDEMNED; state[N1] = CONDEMNED; bucket[K] = N1; bucket[N1] = 1; refs[N1] = 1
#endif
#ifdef EXTERNAL
        /* A narinfo whose reference was left out of the cache, so that it is no edge. */
        :: state[K] = LIVE; bucket[K] = N1
#endif
        fi;
        run Environment();
        run Push(0, nar(0));
#if PUSHES == 2
        run Push(1, nar(1));
#endif
#if COLLECTIONS > 0
        run Collect(2, RUNS);
#endif
#if COLLECTIONS == 2
        run Collect(3, RUNS);
#endif
        run Monitor()    /* The last one is tried first. */
    }
}
