// No preset of React Native's: what has to be rewritten for it to run would be seen here.
module.exports = {
  projectRoot: __dirname,
  resolver: { useWatchman: false },
  transformer: {
    getTransformOptions: async () => ({
      transform: { experimentalImportSupport: true, inlineRequires: false },
    }),
  },
};
