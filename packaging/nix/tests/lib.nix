# As much of nixpkgs' lib as the modules use, so that they can be evaluated where nixpkgs is not at hand. Options are
# checked and merged as there, less well told: a definition of the wrong type, and of an option that does not exist,
# ends the evaluation.
let
  inherit (builtins)
    all
    attrNames
    attrValues
    concatLists
    concatMap
    concatStringsSep
    elem
    elemAt
    filter
    foldl'
    genList
    head
    isAttrs
    isBool
    isInt
    isList
    isPath
    isString
    length
    listToAttrs
    map
    match
    replaceStrings
    stringLength
    substring
    toJSON
    toString
    ;

  filterAttrs =
    keep: set:
    listToAttrs (
      map (name: {
        inherit name;
        value = set.${name};
      }) (filter (name: keep name set.${name}) (attrNames set))
    );
  unique = foldl' (seen: item: if elem item seen then seen else seen ++ [ item ]) [ ];

  isOption = value: isAttrs value && (value._type or null) == "option";
  marked = value: if isAttrs value then value._type or null else null;

  # A definition is a value, or something that mkIf, mkMerge or mkDefault made, with the conditions that it stands
  # under. Conditions may hang on options themselves, and contents on conditions: both are looked at as late as can be.
  definition = value: {
    conditions = [ ];
    inherit value;
  };

  # Definitions of a set, with what it is made of in the open.
  opened = concatMap (
    { conditions, value }:
    if marked value == "merge" then
      opened (map (content: { inherit conditions; value = content; }) value.contents)
    else if marked value == "if" then
      opened [
        {
          conditions = conditions ++ [ value.condition ];
          value = value.content;
        }
      ]
    else if marked value == "override" then
      opened [
        {
          inherit conditions;
          value = value.content;
        }
      ]
    else
      [ { inherit conditions value; } ]
  );

  # What definitions of a set say about one of its attributes.
  select =
    name: found:
    concatMap (
      { conditions, value }:
      if isAttrs value && value ? ${name} then
        [
          {
            inherit conditions;
            value = value.${name};
          }
        ]
      else
        [ ]
    ) (opened found);

  # The values that hold, each with its priority.
  discharged =
    value:
    if marked value == "merge" then
      concatMap discharged value.contents
    else if marked value == "if" then
      if value.condition then discharged value.content else [ ]
    else if marked value == "override" then
      map (inner: inner // { inherit (value) priority; }) (discharged value.content)
    else
      [
        {
          priority = 100;
          inherit value;
        }
      ];

  active =
    found:
    let
      holding = concatMap (
        { conditions, value }: if all (condition: condition) conditions then discharged value else [ ]
      ) found;
      best = foldl' (least: inner: if inner.priority < least then inner.priority else least) 1000 holding;
    in
    map (inner: inner.value) (filter (inner: inner.priority == best) holding);

  resolve =
    path: options: found:
    if isOption options then
      let
        values = active found;
        place = concatStringsSep "." path;
      in
      if values == [ ] then
        options.default or (throw "${place} has no value")
      else if options.type ? fromDefinitions then
        # Conditions inside the values count too.
        options.type.fromDefinitions path found
      else if all options.type.check values then
        options.type.merge path values
      else
        throw "${place} is not ${options.type.name}"
    else
      let
        unknown = filter (name: !(options ? ${name})) (
          unique (concatMap ({ value, ... }: if isAttrs value then attrNames value else [ ]) (opened found))
        );
      in
      if unknown != [ ] then
        throw "there is no option ${concatStringsSep "." (path ++ [ (head unknown) ])}"
      else
        builtins.mapAttrs (name: inner: resolve (path ++ [ name ]) inner (select name found)) options;

  genListFrom = convert: list: genList (index: convert index (elemAt list index)) (length list);

  one =
    path: values:
    if all (value: value == head values) values then
      head values
    else
      throw "${concatStringsSep "." path} is set twice";
  simple = name: check: {
    inherit name check;
    merge = one;
  };

  mergeOptions =
    left: right:
    left
    // builtins.mapAttrs (
      name: value: if left ? ${name} && !isOption value then mergeOptions left.${name} value else value
    ) right;

  # Any tree of sets and lists, merged without types.
  mergeAnything =
    path: found:
    let
      values = active found;
    in
    if values == [ ] then
      throw "${concatStringsSep "." path} has no value"
    else if all (value: isAttrs value && !(value ? outPath)) values then
      let
        holding = map definition values;
        names = unique (concatMap attrNames values);
      in
      listToAttrs (
        concatMap (
          name:
          let
            inner = select name holding;
          in
          if active inner == [ ] then
            [ ]
          else
            [
              {
                inherit name;
                value = mergeAnything (path ++ [ name ]) inner;
              }
            ]
        ) names
      )
    else if all isList values then
      concatLists values
    else
      one path values;
in
rec {
  inherit (builtins) elem mapAttrs;
  inherit concatStringsSep filterAttrs replaceStrings;

  mkOption = given: { _type = "option"; } // given;
  mkEnableOption =
    description:
    mkOption {
      type = types.bool;
      default = false;
      inherit description;
    };
  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };
  mkDefault = content: {
    _type = "override";
    priority = 1000;
    inherit content;
  };

  types = rec {
    bool = simple "a boolean" isBool;
    str = simple "a string" isString;
    path = simple "an absolute path" (
      value: isPath value || (isString value && substring 0 1 value == "/") || (isAttrs value && value ? outPath)
    );
    package = simple "a package" (value: isAttrs value && (value.type or null) == "derivation");
    strMatching = pattern: simple "a string like ${pattern}" (value: isString value && match pattern value != null);
    enum = values: simple "one of ${toJSON values}" (value: elem value values);
    ints = {
      unsigned = simple "a natural number" (value: isInt value && value >= 0);
      positive = simple "a positive number" (value: isInt value && value > 0);
      between =
        least: most:
        simple "a number from ${toString least} to ${toString most}" (
          value: isInt value && value >= least && value <= most
        );
    };
    either = left: right: simple "${left.name} or ${right.name}" (value: left.check value || right.check value);
    nullOr =
      inner:
      inner
      // {
        name = "null or ${inner.name}";
        check = value: value == null || inner.check value;
        merge = path: values: if all (value: value == null) values then null else inner.merge path values;
      };
    listOf = inner: {
      name = "a list of ${inner.name}";
      check = value: isList value && all inner.check value;
      merge =
        path: values:
        if inner ? fromValue then
          genListFrom (index: value: inner.fromValue (path ++ [ (toString index) ]) value) (concatLists values)
        else
          concatLists values;
    };
    attrsOf = inner: {
      name = "a set of ${inner.name}";
      check = value: isAttrs value && all inner.check (attrValues value);
      merge =
        path: values:
        let
          merged = name: value: inner.merge (path ++ [ name ]) [ value ];
          made = name: value: inner.fromValue (path ++ [ name ]) value;
        in
        builtins.mapAttrs (if inner ? fromValue then made else merged) (
          foldl' (left: right: left // right) { } values
        );
    };
    submodule = module: {
      name = "a submodule";
      check = isAttrs;
      merge = path: values: (types.submodule module).fromValue path (one path values);
      fromValue = path: value: resolve path module.options [ (definition value) ];
    };
    anything = {
      name = "anything";
      check = _: true;
      fromDefinitions = mergeAnything;
    };
  };

  evalModules =
    {
      modules,
      specialArgs ? { },
    }:
    let
      arguments = {
        inherit config;
        lib = import ./lib.nix;
      }
      // specialArgs;
      evaluated = map (module: if builtins.isFunction module then module arguments else module) modules;
      options = foldl' mergeOptions { } (map (module: module.options or { }) evaluated);
      config = resolve [ ] options (map (module: definition (module.config or { })) evaluated);
    in
    {
      inherit config options;
    };

  optional = condition: value: if condition then [ value ] else [ ];
  optionals = condition: values: if condition then values else [ ];
  # A package here has all of its outputs in one.
  getLib = package: package;
  boolToString = value: if value then "true" else "false";
  imap0 = genListFrom;
  mapAttrsToList = convert: set: map (name: convert name set.${name}) (attrNames set);
  removePrefix =
    prefix: text:
    if substring 0 (stringLength prefix) text == prefix then
      substring (stringLength prefix) (stringLength text) text
    else
      text;
  escapeShellArg = text: "'${replaceStrings [ "'" ] [ "'\\''" ] (toString text)}'";

  licenses.mit = "MIT";
  sourceTypes.binaryNativeCode = "binaryNativeCode";
}
