export { openDatabase, transaction, type Database, type DatabaseLocation } from './database.ts'
