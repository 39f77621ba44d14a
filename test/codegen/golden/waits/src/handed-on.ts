export * from 'onward';
